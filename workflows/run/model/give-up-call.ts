/**
 * Gives up a call that was cancelled alone while no activity was at work on it, as in a durable wait.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { GiveUpCallInput } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import { isScopeCancelledAlone } from '../book/run-cancelled.ts'
import type { Patch } from '../patches.ts'

/** Gives back what the call holds. Does nothing where the run goes to its end, which gives back all that the run holds. */
export async function giveUpCall(book: Book, { run, step }: GiveUpCallInput): Promise<void> {
  if (!isScopeCancelledAlone(book) || !patched('signalbox.gives-up-call' satisfies Patch)) return
  const summary = `the call was cancelled · step ${step}`
  const giveUp = () => shortActivities().giveUpCall.executeWithOptions({ summary }, [{ run, step }])
  await CancellationScope.nonCancellable(giveUp)
}
