/**
 * Asks people what a workflow wants to know.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { EventPort } from '../src/core/ports.ts'
import type { AskPersonInput } from '../src/core/protocol.ts'
import { onceOf } from './once.ts'

export interface AskPersonPorts {
  readonly events: EventPort
}

/** Writes the question among the run's events, once however often it is tried. */
export function createAskPerson({ events }: AskPersonPorts): (input: AskPersonInput) => Promise<void> {
  return ({ run, atMs, ...asked }) =>
    events.writeOnce(run, onceOf(Context.current()), { kind: 'approval-ask', ...asked }, atMs)
}
