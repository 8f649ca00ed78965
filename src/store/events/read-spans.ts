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

/**
 * Of each run `parts` has where the limit ends it, so that no row is read in vain: what is transient leaves wide gaps. Looked for without
 * `until`: of a part with two ends PostgreSQL takes it that there is little of it, and would read and sort all of it each time.
 */
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
          'until',
          fn
            .coalesce(
              selectFrom('run_events')
                .select('event_offset')
                .whereRef('run_key', '=', 'span_key')
                .whereRef('event_offset', '>', 'past')
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
        join
          .onRef('run_key', '=', 'span_key')
          .onRef('event_offset', '>', 'past')
          .onRef('event_offset', '<=', 'upto')
          .onRef('event_offset', '<=', 'until'),
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
