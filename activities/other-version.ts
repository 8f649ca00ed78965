/**
 * What to do with a tool that an agent was opened with and that this worker's app does not have. While the workers of a queue are
 * exchanged for those of another version, both serve it.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'

/** About how long it takes to exchange the workers of a queue. What is still missing then was taken away for good. */
const EXCHANGED_WITHIN_MS = 10 * 60_000

/**
 * Fails the try, so that Temporal gives it to a worker anew, perhaps to one that has the tool. Does nothing once that has lasted too long.
 *
 * @param missing - What there is not, in a sentence without its end.
 */
export function leaveToOtherVersion({ info }: Context, missing: string, nowMs: number): void {
  if (nowMs - info.scheduledTimestampMs > EXCHANGED_WITHIN_MS) return
  throw ApplicationFailure.retryable(
    `${missing}, here: the run was opened by a worker whose app has it, so this one is of another version. It is retried for ten minutes; keep that app serving until its runs have ended, or roll out by versions (docs/operations.md)`,
    'signalbox.other-version',
  )
}
