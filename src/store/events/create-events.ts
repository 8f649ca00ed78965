import type { RunEvent, RunEventBody } from '../../core/events.ts'
import type { EventPort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { lockRun } from '../ledger/run-row.ts'
import { latestRun } from '../runs/latest-run.ts'
import { opened } from '../seals/seal-text.ts'
import { all, type Statement, type Work } from '../work.ts'
import { appendEvents, appendOnce } from './append-events.ts'

interface EventRow {
  event_offset: number
  at_ms: number
  body: string
}

const eventsAfter: Statement<{ runKey: string; after: number; limit: number }, EventRow> = (
  { runKey, after, limit },
  { queries },
) =>
  queries
    .selectFrom('run_events')
    .select(['event_offset', 'at_ms', 'body'])
    .where('run_key', '=', runKey)
    .where('event_offset', '>', after)
    .orderBy('event_offset')
    .limit(limit)

/** A run's events. The first has offset 1, so a reader begins with `after: 0`. */
export function createEvents(connection: Connection): EventPort {
  return {
    write: (run, events, atMs) =>
      connection.write(function* () {
        yield* lockRun(run.key, run.id)
        yield* appendEvents(run.key, events, atMs)
      }),
    writeOnce: (run, onceId, event, atMs) =>
      connection.write(function* () {
        yield* lockRun(run.key, run.id)
        yield* appendOnce(run.key, onceId, event, atMs)
      }),
    read: (runId, after, limit) =>
      connection.read(function* () {
        const run = yield* latestRun(runId)
        if (!run) return []
        const events: RunEvent[] = []
        for (const row of yield* all(eventsAfter, { runKey: run.run_key, after, limit }))
          events.push(yield* eventOf(row))
        return events
      }),
  }
}

function* eventOf(row: EventRow): Work<RunEvent> {
  return { ...(JSON.parse(yield* opened(row.body)) as RunEventBody), offset: row.event_offset, atMs: row.at_ms }
}
