/**
 * Who works on a task queue, in words for people whose run no worker has answered for.
 *
 * @module
 */
import type { Client, WorkflowHandle } from '@temporalio/client'
import { describeUnopened } from './describe-known.ts'
import { currentCommand, idleVersion, lastPollAtMs, servedQueue } from './served-queue.ts'

/** Of the run's task queue. */
export async function whoServes(client: Client, workflow: WorkflowHandle): Promise<string> {
  const { workflowExecutionInfo } = await describeUnopened(workflow)
  return whoServesQueue(client, workflowExecutionInfo?.taskQueue ?? '')
}

export async function whoServesQueue({ workflowService, options }: Client, taskQueue: string): Promise<string> {
  const queue = await servedQueue(workflowService, { namespace: options.namespace, taskQueue })
  const lastAtMs = lastPollAtMs(queue)
  if (lastAtMs === undefined)
    return `none serves its task queue ${taskQueue}; start one with \`signalbox worker --task-queue ${taskQueue}\``
  const idle = idleVersion(queue)
  if (idle)
    return `its task queue ${taskQueue} has a worker of version ${idle.buildId} of the deployment ${idle.name}, which is not current: \`${currentCommand(idle)}\` lets it serve new runs`
  const agoS = Math.max(0, Math.round((Date.now() - lastAtMs) / 1_000))
  return `the last one asked its task queue ${taskQueue} for work ${agoS} s ago; check its log, and that it is still running`
}
