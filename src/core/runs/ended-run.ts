/**
 * How a run has ended, as its events tell it.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import type { OutcomeKind } from '../protocol.ts'

export interface EndedRun {
  readonly outcome: OutcomeKind
  readonly message?: string
}

/** How a run has ended after an event. What was reset goes on: only the last end is one. */
export function endAfter(event: RunEvent, before: EndedRun | undefined): EndedRun | undefined {
  if (event.kind === 'run-end') return event
  return event.kind === 'run-reset' ? undefined : before
}
