/**
 * Tells the readers of a run that nobody waits for a tool call any more which cannot say so itself: a child run, or an activity on
 * another task queue.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { ToolRecordPort } from '../src/core/ports.ts'
import type { TellCancelledInput } from '../src/core/protocol.ts'
import { partOf } from './part.ts'

export interface TellCancelledPorts {
  readonly toolRecords: ToolRecordPort
  readonly now: () => number
}

/** Writes so among the run's events, once however often it is tried. Nothing where the call has not begun, or has ended. */
export function createTellCancelled({
  toolRecords,
  now,
}: TellCancelledPorts): (input: TellCancelledInput) => Promise<void> {
  return call => toolRecords.cancelled({ ...call, ...partOf(Context.current()) }, now())
}
