/**
 * Who works on a task queue, in words for people whose run no worker has answered for.
 *
 * @module
 */
import type { Client, WorkflowHandle } from '@temporalio/client'
import { shellWord } from '../../core/words/shell-word.ts'
import { type Described, describeUnopened } from './describe-known.ts'
import {
  currentCommand,
  idleVersion,
  lastToPoll,
  ofVersion,
  type Poll,
  pinnedVersion,
  servedQueue,
  type Version,
} from './served-queue.ts'

/** Of the run's task queue. */
export async function whoServes(client: Client, workflow: WorkflowHandle): Promise<string> {
  return whoServesDescribed(client, await describeUnopened(workflow))
}

/** {@link whoServes}, with a description of the run that the server has just given. */
export async function whoServesDescribed(client: Client, { workflowExecutionInfo: info }: Described): Promise<string> {
  const taskQueue = info?.taskQueue ?? ''
  const version = pinnedVersion(info)
  return version ? whoServesVersion(client, taskQueue, version) : whoServesQueue(client, taskQueue)
}

/** Other workers of the queue do nothing for a run that stays with its version. */
async function whoServesVersion(
  { workflowService, options }: Client,
  taskQueue: string,
  version: Version,
): Promise<string> {
  const queue = await servedQueue(workflowService, { namespace: options.namespace, taskQueue })
  const last = lastToPoll(ofVersion(queue, version))
  const stays = `it stays with version ${version.buildId} of the deployment ${version.name}`
  if (!last)
    return `${stays}, and no worker of that version serves its task queue ${taskQueue}; start one with \`signalbox worker --task-queue ${taskQueue} --deployment ${shellWord(version.name)} --build-id ${shellWord(version.buildId)}\``
  return `${stays}, and the last worker of that version, ${askedWords(last, taskQueue)}`
}

export async function whoServesQueue({ workflowService, options }: Client, taskQueue: string): Promise<string> {
  const queue = await servedQueue(workflowService, { namespace: options.namespace, taskQueue })
  const last = lastToPoll(queue)
  if (!last)
    return `none serves its task queue ${taskQueue}; start one with \`signalbox worker --task-queue ${taskQueue}\``
  const idle = idleVersion(queue)
  if (idle)
    return `its task queue ${taskQueue} has a worker of version ${idle.buildId} of the deployment ${idle.name}, which is not current: \`${currentCommand(idle)}\` lets it serve new runs`
  return `the last one, ${askedWords(last, taskQueue)}`
}

/** With its name, `<pid>@<host>`: there may be many workers, and one log is the right one. */
function askedWords({ identity, atMs }: Poll, taskQueue: string): string {
  return `${identity}, asked its task queue ${taskQueue} for work ${agoS(atMs)} s ago; check its log, and that it is still running`
}

function agoS(atMs: number): number {
  return Math.max(0, Math.round((Date.now() - atMs) / 1_000))
}
