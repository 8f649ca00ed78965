/**
 * What to do with a tool, a schema, a class or an agent that this worker does not have and another one may. While the workers of a queue are
 * exchanged for those of another version, both serve it.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'

/** About how long it takes to exchange the workers of a queue. What is still missing then was taken away for good. */
const EXCHANGED_WITHIN_MS = 10 * 60_000

/** With one new worker of ten, one call in five hundred has not come to it by then. */
const FOUND_WITHIN_MS = 60_000

/** Whoever has room takes it then. */
const SOON = '1s'

const TYPE = 'signalbox.other-version'

/**
 * Fails the try, so that Temporal gives it to a worker anew, perhaps to one that has the tool. Does nothing once that has lasted too long.
 *
 * @param missing - What there is not, in a sentence without its end.
 */
export function leaveToOtherVersion({ info }: Context, missing: string, nowMs: number): void {
  if (nowMs - info.scheduledTimestampMs > EXCHANGED_WITHIN_MS) return
  throw ApplicationFailure.retryable(
    `${missing}, here: the run was opened by a worker whose app has it, so this one is of another version. It is retried for ten minutes; keep that app serving until its runs have ended, or roll out by versions (docs/operations.md)`,
    TYPE,
  )
}

/**
 * The same for what a workflow's code names, which may be a mistake of its author: only where other workers serve the queue, and for a
 * minute.
 *
 * @param missing - What there is not, in a sentence without its end.
 */
export async function leaveToOthers(
  { info }: Context,
  missing: string,
  nowMs: number,
  othersServe: () => Promise<boolean>,
): Promise<void> {
  if (nowMs - info.scheduledTimestampMs > FOUND_WITHIN_MS || !(await othersServe())) return
  throw ApplicationFailure.create({
    message: `${missing}, here: other workers serve this queue, and one of another version may have it. It is retried for a minute; where it is spelt as meant, keep an app and a configuration that have it serving until the runs that name it have ended (docs/operations.md)`,
    type: TYPE,
    nextRetryDelay: SOON,
    // Said in `signalbox show`, and by the call's end if none has it: each try would add a warning with its stack.
    category: ApplicationFailureCategory.BENIGN,
  })
}
