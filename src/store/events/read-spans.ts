/**
 * Reads events of many runs at once.
 *
 * @module
 */
import { sql } from 'kysely'
import type { EventOfRun, EventSpan } from '../../core/ports.ts'
import { inPages } from '../in-pages.ts'
import { ask, type Work } from '../work.ts'
import { type EventRow, eventOf } from './event-of.ts'

/** No more than `limit` of one run. */
export const readSpans = (spans: readonly EventSpan[], limit: number): Work<EventOfRun[]> =>
  inPages(spans, page => readPage(page, limit))

function* readPage(spans: readonly EventSpan[], limit: number): Work<EventOfRun[]> {
  const events: EventOfRun[] = []
  for (const row of yield* rowsOf(spans, limit)) events.push({ key: row.run_key, event: yield* eventOf(row) })
  return events
}

/** Of each run the table `upto` has where its part ends, so that no row is read in vain: what is transient leaves wide gaps. */
function rowsOf(spans: readonly EventSpan[], limit: number): Work<(EventRow & { run_key: string })[]> {
  const rows = spans.map(
    ({ key, after, until }) => sql`(cast(${key} as text), cast(${after} as bigint), cast(${until} as bigint))`,
  )
  return ask(({ queries }) =>
    queries
      .with('spans(span_key, past, until)', () => sql<Span>`(values ${sql.join(rows)})`)
      .with('parts', queriesWithSpans =>
        queriesWithSpans.selectFrom('spans').select(({ selectFrom, fn, ref }) => [
          'span_key',
          'past',
          fn
            .coalesce(
              selectFrom('run_events')
                .select('event_offset')
                .whereRef('run_key', '=', 'span_key')
                .whereRef('event_offset', '>', 'past')
                .whereRef('event_offset', '<=', 'until')
                .orderBy('event_offset')
                .limit(1)
                .offset(limit - 1),
              ref('until'),
            )
            .as('upto'),
        ]),
      )
      .selectFrom('parts')
      .innerJoin('run_events', join =>
        join.onRef('run_key', '=', 'span_key').onRef('event_offset', '>', 'past').onRef('event_offset', '<=', 'upto'),
      )
      .select(['run_key', 'event_offset', 'at_ms', 'body'])
      .orderBy('run_key')
      .orderBy('event_offset'),
  )
}

interface Span {
  span_key: string
  past: number
  until: number
}
