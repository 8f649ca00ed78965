/**
 * Takes back what people were asked, where nobody waits for the answer any more.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { EventPort } from '../src/core/ports.ts'
import type { WithdrawQuestionInput } from '../src/core/protocol.ts'
import { onceOf } from './once.ts'

export interface WithdrawQuestionPorts {
  readonly events: EventPort
}

/** Writes so among the run's events, once however often it is tried. */
export function createWithdrawQuestion({
  events,
}: WithdrawQuestionPorts): (input: WithdrawQuestionInput) => Promise<void> {
  return ({ run, atMs, ...asked }) =>
    events.writeOnce(run, onceOf(Context.current()), { kind: 'approval-withdrawn', ...asked }, atMs)
}
