/**
 * Records that a tool was cancelled that cannot say so itself: a child run, or an activity on another task queue.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { TellCancelledInput } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import { isScopeCancelledAlone } from '../book/run-cancelled.ts'
import type { Patch } from '../patches.ts'

/** `undefined` if there is nothing to record, because the whole run ends: its end says so of all its tools. */
export function tellCancelled(book: Book, call: TellCancelledInput): Promise<unknown> | undefined {
  if (!isScopeCancelledAlone(book) || !patched('signalbox.told-cancelled' satisfies Patch)) return undefined
  const { run, step, toolCallId, toolName, question } = call
  const told = { run, step, toolCallId, toolName, ...(question !== undefined && { question }) }
  const summary = `${toolName} was cancelled · step ${step}`
  return CancellationScope.nonCancellable(() => shortActivities().tellCancelled.executeWithOptions({ summary }, [told]))
}
