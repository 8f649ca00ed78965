/**
 * The lists of events that people see while runs work.
 *
 * @module
 */
import type { RunEvent, RunEventBody } from '../events.ts'
import type { RunRef } from '../protocol.ts'

/** Identifies an event that must be written once only. */
export interface Once {
  readonly id: string
  /** The id of the Temporal run that writes; see `NewCall.part`. */
  readonly part?: string
}

/** Which events of one run to read: those with an offset greater than `after`, up to and including `until`. */
export interface EventSpan {
  /** The run's key. */
  readonly key: string
  readonly after: number
  readonly until: number
}

export interface EventOfRun extends Pick<EventSpan, 'key'> {
  readonly event: RunEvent
}

/** The lists of events. */
export interface EventPort {
  /**
   * Appends events. Does nothing if the run has ended: only an activity that was considered lost can still write then, since a new part of
   * the run begins with a call, which opens the run again.
   */
  write(run: RunRef, events: readonly RunEventBody[], atMs: number): Promise<void>
  /** Appends an event unless one with the same id was written before. If the run has ended and the part is new, this opens it again. */
  writeOnce(run: RunRef, once: Once, event: RunEventBody, atMs: number): Promise<void>
  /**
   * At most `limit` events with an offset greater than `after`, in order. The first event of a run has offset 1.
   *
   * @param runId - The run's id; or its key, if several runs have had that id.
   */
  read(runId: string, after: number, limit: number): Promise<readonly RunEvent[]>
  /** Reads many runs at once: at most `limit` events of each span, in order. */
  readSpans(spans: readonly EventSpan[], limit: number): Promise<readonly EventOfRun[]>
  /**
   * What the last `count` offsets of each of these runs have of these kinds, in order, without what is transient. Nothing of a run that
   * is sealed and whose key is out of reach.
   */
  readLast(
    keys: readonly string[],
    count: number,
    kinds: readonly RunEventBody['kind'][],
  ): Promise<readonly EventOfRun[]>
}
