/**
 * Asks people for a larger budget, for runs below the one whose budget it is.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { EventPort } from '../src/core/ports.ts'
import type { AskBudgetInput } from '../src/core/protocol.ts'
import { onceOf } from './once.ts'

export interface AskBudgetPorts {
  readonly events: EventPort
  now(): number
}

/** Writes the question among the events of the run that people may answer, once however often it is tried. */
export function createAskBudget({ events, now }: AskBudgetPorts): (input: AskBudgetInput) => Promise<void> {
  return ({ run, step, message }) =>
    events.writeOnce(run, onceOf(Context.current()), { kind: 'budget-ask', step, message }, now())
}
