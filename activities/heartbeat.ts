/**
 * The pulse of a long activity: how Temporal knows that it lives, and how it hears of its cancellation.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { HANDED_OVER } from '../src/core/faults/attempt-end.ts'

/** With the worker's throttle at 1 s, a cancellation arrives within about a second. */
const INTERVAL_MS = 800

/** What the Temporal UI shows of the activity while it runs; nothing without words. */
export type Say = (words: string | undefined) => void

/** Beats while `work` runs. On an interval and never per token: what beats carry may be lost with the worker anyway. */
export async function withHeartbeat<T>(activity: Context, work: (say: Say) => Promise<T>): Promise<T> {
  let said: string | undefined
  const timer = setInterval(() => activity.heartbeat(said), INTERVAL_MS)
  try {
    return await work(words => {
      said = words
    })
  } finally {
    clearInterval(timer)
  }
}

/** Whether the server has given the activity to another worker, because it heard nothing of this one for too long. */
export function isGivenUp({ cancellationDetails }: Context): boolean {
  return (cancellationDetails?.notFound || cancellationDetails?.timedOut) ?? false
}

/**
 * Whether the workflow asked for this activity's end. False for an abort that has another cause, such as the worker's
 * shutdown: then the activity must throw, so that another worker goes on with it.
 */
export function isCancelRequested(activity: Context): boolean {
  return activity.cancellationDetails?.cancelRequested ?? false
}

/**
 * What an activity throws whose worker was told to end, so that another worker goes on with it. In a rollout that may happen many times, and
 * Temporal's pauses would grow to half a minute. For other causes it is Temporal's own failure, by which the server knows a pause or a reset.
 */
export function leftToOthers({ cancellationDetails, cancellationSignal }: Context): unknown {
  if (cancellationSignal.aborted && !cancellationDetails?.workerShutdown) return cancellationSignal.reason
  return ApplicationFailure.create({
    message: 'its worker was shut down before it had ended',
    type: HANDED_OVER,
    nextRetryDelay: '1s',
    category: ApplicationFailureCategory.BENIGN,
  })
}
