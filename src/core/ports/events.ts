/**
 * What people see of a run while it works.
 *
 * @module
 */
import type { RunEvent, RunEventBody } from '../events.ts'
import type { RunRef } from '../protocol.ts'

/** What tells one event that is written once from all others. */
export interface Once {
  readonly id: string
  /** The Temporal run that writes; see `NewCall.part`. */
  readonly part?: string
}

/** What is to be read of one run: the events with an offset greater than `after`, up to `until`. */
export interface EventSpan {
  /** The run's. */
  readonly key: string
  readonly after: number
  readonly until: number
}

export interface EventOfRun extends Pick<EventSpan, 'key'> {
  readonly event: RunEvent
}

/** The list of a run's events. */
export interface EventPort {
  /** Appends to the list. Does nothing once the run has ended: whoever writes then was believed lost, for a new part first begins a call. */
  write(run: RunRef, events: readonly RunEventBody[], atMs: number): Promise<void>
  /** One event, once however often it is tried under the same id. A part that is new to a run that has ended opens it again. */
  writeOnce(run: RunRef, once: Once, event: RunEventBody, atMs: number): Promise<void>
  /** Events with an offset greater than `after`, in order; a run's first has offset 1. A run's key names it where its id was used again. */
  read(runId: string, after: number, limit: number): Promise<readonly RunEvent[]>
  /** The same of many runs at once, in the order of each: of each span the first so many. */
  readSpans(spans: readonly EventSpan[], limit: number): Promise<readonly EventOfRun[]>
}
