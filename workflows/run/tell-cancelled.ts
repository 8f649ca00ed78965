/**
 * Tells that a tool was cancelled which does not say so itself: a child run, or an activity on another task queue.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { TellCancelledInput } from '../../src/core/protocol.ts'
import { shortActivities } from './activities.ts'
import type { Book } from './book.ts'
import type { Patch } from './patches.ts'
import { isRunCancelled } from './run-cancelled.ts'

/** `undefined` where there is nothing to wait for: the run goes to its end, which tells of all its tools. */
export function tellCancelled({ timeIsUp }: Book, call: TellCancelledInput): Promise<unknown> | undefined {
  const isScopeAlone = CancellationScope.current().consideredCancelled && !isRunCancelled() && !timeIsUp
  if (!isScopeAlone || !patched('signalbox.told-cancelled' satisfies Patch)) return undefined
  const { run, step, toolCallId, toolName, question } = call
  const told = { run, step, toolCallId, toolName, ...(question !== undefined && { question }) }
  const summary = `${toolName} was cancelled · step ${step}`
  return CancellationScope.nonCancellable(() => shortActivities().tellCancelled.executeWithOptions({ summary }, [told]))
}
