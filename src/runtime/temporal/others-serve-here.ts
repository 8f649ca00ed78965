/**
 * Asks the Temporal server whether other workers serve the task queue of an activity.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import proto from '@temporalio/proto'
import { answerUnless, grpcAnswer } from './grpc-answer.ts'
import { timeMs } from './time-ms.ts'

const { TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType

/** A worker with room asks for work once a minute at least. The server names those of five minutes, by its own clock. */
const LATELY_MS = 90_000

/** Whether more than one worker has asked for such work lately, of one version; `false` where the server does not say. */
export async function othersServeHere(): Promise<boolean> {
  const { client, info } = Context.current()
  const { connection, options } = client
  const asked = {
    namespace: options.namespace,
    taskQueue: { name: info.taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
  }
  const described = await answerUnless([], connection, service => service.describeTaskQueue(asked)).catch(untold)
  const pollers = (described?.pollers ?? []).map(({ lastAccessTime, deploymentOptions }) => ({
    atMs: timeMs(lastAccessTime),
    version: `${deploymentOptions?.deploymentName} ${deploymentOptions?.buildId}`,
  }))
  const lastAtMs = Math.max(...pollers.map(({ atMs }) => atMs))
  const versions = pollers.filter(({ atMs }) => lastAtMs - atMs < LATELY_MS).map(({ version }) => version)
  return new Set(versions).size < versions.length
}

function untold(error: unknown): undefined {
  if (!grpcAnswer(error)) throw error
}
