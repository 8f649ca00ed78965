/**
 * What the store has of a run's events, read to their end.
 *
 * @module
 */
import type { RunEvent } from '../../core/events.ts'
import type { EventPort } from '../../core/ports.ts'

const EVENTS_AT_ONCE = 1_000

/**
 * Every event of a run by its id or key, in order; none of a run that the store does not know.
 *
 * @throws SealProblem where the run is sealed and its key is out of reach.
 */
export async function* recordedEvents(
  events: Pick<EventPort, 'read'>,
  run: string,
  after = 0,
): AsyncGenerator<RunEvent> {
  for (let read = after; ; ) {
    const batch = await events.read(run, read, EVENTS_AT_ONCE)
    yield* batch
    if (batch.length < EVENTS_AT_ONCE) return
    read = batch.at(-1)!.offset
  }
}
