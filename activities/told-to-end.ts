/**
 * How an activity hears that its worker was told to end. Temporal tells it only when the worker's grace time is over: until then what is
 * under way may finish, but nothing new is to begin.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'

export interface StoppingPort {
  /** Fires when the worker is told to end. */
  readonly stopping: AbortSignal
}

/** Whether the activity was told to end, or its worker was. */
export function isTold({ cancellationSignal }: Context, { stopping }: StoppingPort): boolean {
  return cancellationSignal.aborted || stopping.aborted
}

/**
 * Waits until one of the two is told to end, or the wait is over by itself. Not with `AbortSignal.any`: a worker's signal lives for as long
 * as the worker, and Node 20 keeps all that was joined to it.
 */
export async function waitUnlessTold<Result>(
  activity: Context,
  ports: StoppingPort,
  wait: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const told = new AbortController()
  const tell = () => told.abort()
  if (isTold(activity, ports)) tell()
  const signals = [activity.cancellationSignal, ports.stopping]
  for (const signal of signals) signal.addEventListener('abort', tell)
  try {
    return await wait(told.signal)
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', tell)
  }
}
