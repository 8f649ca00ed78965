/**
 * Asks the Temporal server whether other workers serve the task queue of an activity.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import proto from '@temporalio/proto'
import { answerUnless, unlessUntold } from './grpc-answer.ts'
import { timeMs } from './time-ms.ts'

const { TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType

/** A worker with room asks for work once a minute at least. The server names those of five minutes, by its own clock. */
const LATELY_MS = 90_000

/** Every call at a bad key asks, each once a second. */
const HOLDS_MS = 5_000

/**
 * Whether another worker of this one's version has asked for such work lately; `false` where the server does not say. What it said holds
 * for five seconds.
 */
export function createOthersServeHere(now: () => number): () => Promise<boolean> {
  /** By namespace and task queue. */
  const known = new Map<string, { readonly atMs: number; readonly answer: Promise<boolean> }>()
  return () => {
    const { client, info } = Context.current()
    const queue = JSON.stringify([client.options.namespace, info.taskQueue])
    const before = known.get(queue)
    if (before && now() - before.atMs < HOLDS_MS) return before.answer
    const answer = othersServe()
    known.set(queue, { atMs: now(), answer })
    return answer
  }
}

async function othersServe(): Promise<boolean> {
  const { client, info } = Context.current()
  const { connection, options } = client
  const asked = {
    namespace: options.namespace,
    taskQueue: { name: info.taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
  }
  const described = await answerUnless([], connection, service => service.describeTaskQueue(asked)).catch(unlessUntold)
  const pollers = (described?.pollers ?? []).map(({ identity, lastAccessTime, deploymentOptions }) => ({
    isOwn: identity === options.identity,
    atMs: timeMs(lastAccessTime),
    version: `${deploymentOptions?.deploymentName} ${deploymentOptions?.buildId}`,
  }))
  const own = pollers.find(({ isOwn }) => isOwn)
  const lastAtMs = Math.max(...pollers.map(({ atMs }) => atMs))
  return pollers.some(({ isOwn, atMs, version }) => !isOwn && version === own?.version && lastAtMs - atMs < LATELY_MS)
}
