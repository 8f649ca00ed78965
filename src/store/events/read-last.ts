import type { RunEventBody } from '../../core/events.ts'
import type { EventOfRun } from '../../core/ports.ts'
import { readEvent } from '../../core/read-event.ts'
import { inPages } from '../in-pages.ts'
import { openedIfPossible } from '../seals/seal-text.ts'
import { ask, type Work } from '../work.ts'

/** The events of the last `count` offsets of each run. */
export const readLast = (keys: readonly string[], count: number): Work<EventOfRun[]> =>
  inPages(keys, page => readPage(page, count))

function* readPage(keys: readonly string[], count: number): Work<EventOfRun[]> {
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .innerJoin('run_events', 'run_events.run_key', 'runs.run_key')
      .select(['run_events.run_key', 'event_offset', 'at_ms', 'body'])
      .where('runs.run_key', 'in', keys)
      .where('transient', '=', 0)
      .where(({ eb }) => eb('event_offset', '>=', eb('next_offset', '-', count)))
      .orderBy('run_events.run_key')
      .orderBy('event_offset'),
  )
  const events: EventOfRun[] = []
  for (const { run_key: key, event_offset, at_ms, body } of rows) {
    const text = yield* openedIfPossible(body)
    if (text !== undefined)
      events.push({ key, event: readEvent(JSON.parse(text) as RunEventBody, event_offset, at_ms) })
  }
  return events
}
