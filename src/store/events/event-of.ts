import type { RunEvent, RunEventBody } from '../../core/events.ts'
import { readEvent } from '../../core/read-event.ts'
import type { RunEventTable } from '../schema.ts'
import { opened } from '../seals/seal-text.ts'
import type { Work } from '../work.ts'

/** What of an event's row is read. */
export type EventRow = Pick<RunEventTable, 'event_offset' | 'at_ms' | 'body'>

/** The event as whoever reads it gets it. @throws SealProblem where it is sealed and its key is out of reach. */
export function* eventOf({ event_offset, at_ms, body }: EventRow): Work<RunEvent> {
  return readEvent(JSON.parse(yield* opened(body)) as RunEventBody, event_offset, at_ms)
}
