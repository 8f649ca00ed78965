import type { EventForPeople, RunEventBody } from '../../core/events.ts'
import type { EventPort, Once } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { reopenFor, wasThere } from '../ledger/reopen.ts'
import { type LockedRun, lockRun } from '../ledger/run-row.ts'
import { latestRun } from '../runs/latest-run.ts'
import { all, inTurn, type Statement, type Work } from '../work.ts'
import { appendEvents, isWritten } from './append-events.ts'
import { type EventRow, eventOf } from './event-of.ts'
import { readLast } from './read-last.ts'
import { readSpans } from './read-spans.ts'
import { lockAbove, tellAbove } from './tell-above.ts'

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
        const row = yield* lockRun(run)
        if (row.ended_at_ms === null) yield* appendEvents(row, events, atMs)
      }),
    writeOnce: (run, once, event, atMs) =>
      connection.write(function* () {
        const row = yield* lockRun(run)
        if ((yield* isWritten(run.key, once.id)) || !(yield* mayWrite(row, once))) return
        yield* reopenFor(once.part, row, atMs)
        yield* appendEvents(row, [event], atMs, once.id)
        if (isToldAbove(event)) yield* tellAbove(yield* lockAbove(row), row, [event], atMs)
      }),
    read: (runId, after, limit) =>
      connection.read(function* () {
        const run = yield* latestRun(runId)
        if (!run) return []
        return yield* inTurn(yield* all(eventsAfter, { runKey: run.run_key, after, limit }), eventOf)
      }),
    readLast: (keys, count, kinds) => connection.read(() => readLast(keys, count, kinds)),
    readSpans: (spans, limit) => connection.read(() => readSpans(spans, limit)),
  }
}

function isToldAbove(event: RunEventBody): event is Extract<EventForPeople, { kind: (typeof TOLD_ABOVE)[number] }> {
  return TOLD_ABOVE.some(kind => kind === event.kind)
}

const TOLD_ABOVE = ['budget-ask', 'approval-ask', 'approval-withdrawn'] as const

/** A run that was reset may ask people before it begins a call, and then nothing else has opened it again. */
function* mayWrite(run: LockedRun, { part }: Once): Work<boolean> {
  return run.ended_at_ms === null || (part !== undefined && !(yield* wasThere(part, run)))
}
