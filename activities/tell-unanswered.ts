/**
 * Tells the readers of a run why an agent's turn has no answer, where no call of a model tells it.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { EventPort } from '../src/core/ports.ts'
import type { TellUnansweredInput } from '../src/core/protocol.ts'
import { onceOf } from './once.ts'

export interface TellUnansweredPorts {
  readonly events: EventPort
  now(): number
}

/** Writes so among the run's events, once however often it is tried. */
export function createTellUnanswered({
  events,
  now,
}: TellUnansweredPorts): (input: TellUnansweredInput) => Promise<void> {
  return ({ run, ...told }) => events.writeOnce(run, onceOf(Context.current()), { kind: 'unanswered', ...told }, now())
}
