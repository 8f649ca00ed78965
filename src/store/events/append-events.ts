import { sql } from 'kysely'
import type { RunEventBody } from '../../core/events.ts'
import type { OutcomeKind } from '../../core/protocol.ts'
import type { RunEventTable, RunTable } from '../schema.ts'
import { sealed } from '../seals/seal-text.ts'
import { one, type Statement, tell, type Work } from '../work.ts'

const takeOffsets: Statement<{ runKey: string; count: number }, Pick<RunTable, 'next_offset' | 'seal_key'>> = (
  { runKey, count },
  { queries },
) =>
  queries
    .updateTable('runs')
    .set(columns => ({ next_offset: columns('next_offset', '+', count) }))
    .where('run_key', '=', runKey)
    .returning(['next_offset', 'seal_key'])

const insertEvent: Statement<RunEventTable, unknown> = (row, { queries }) =>
  queries.insertInto('run_events').values(row)

/** Appends to a run's list; the counter's row stays locked until the commit, so offsets follow the order of commits. */
export function* appendEvents(
  runKey: string,
  events: readonly RunEventBody[],
  atMs: number,
  onceId: string | null = null,
): Work<void> {
  if (events.length === 0) return
  const counter = yield* one(takeOffsets, { runKey, count: events.length })
  let offset = counter!.next_offset - events.length
  for (const event of events) {
    yield* tell(insertEvent, {
      run_key: runKey,
      event_offset: offset++,
      at_ms: atMs,
      transient: isTransient(event) ? 1 : 0,
      step: 'step' in event ? (event.step ?? null) : null,
      body: yield* sealed(counter!.seal_key, JSON.stringify(event)),
      once_id: onceId,
    })
  }
}

/** Appends the end of a sealed run whose key is out of reach: unsealed, without its message. The run's row says as much. */
export function* appendBareEnd(runKey: string, outcome: OutcomeKind, atMs: number): Work<void> {
  const counter = yield* one(takeOffsets, { runKey, count: 1 })
  const body = JSON.stringify({ kind: 'run-end', outcome } satisfies RunEventBody)
  const event = { run_key: runKey, event_offset: counter!.next_offset - 1, at_ms: atMs, body }
  yield* tell(insertEvent, { ...event, transient: 0, step: null, once_id: null })
}

const writtenOnce: Statement<{ runKey: string; onceId: string }, Pick<RunEventTable, 'event_offset'>> = (
  { runKey, onceId },
  { queries },
) => queries.selectFrom('run_events').select('event_offset').where('run_key', '=', runKey).where('once_id', '=', onceId)

/** Whether an earlier try has written it. The run must be locked. */
export function* isWritten(runKey: string, onceId: string): Work<boolean> {
  return (yield* one(writtenOnce, { runKey, onceId })) !== undefined
}

const deleteById: Statement<{ runKey: string; onceId: string }, unknown> = ({ runKey, onceId }, { queries }) =>
  queries.deleteFrom('run_events').where('run_key', '=', runKey).where('once_id', '=', onceId)

/** Drops the event that was written under this id, if there is one; its offset stays a gap. The run must be locked. */
export function* deleteWritten(runKey: string, onceId: string): Work<void> {
  yield* tell(deleteById, { runKey, onceId })
}

const TRANSIENT: readonly RunEventBody['kind'][] = ['text-delta', 'reasoning-delta', 'tool-progress']

function isTransient(event: RunEventBody): boolean {
  return TRANSIENT.includes(event.kind)
}

// A literal: SQLite uses the partial index for no bound parameter without planning the statement anew each time (30 µs).
const deleteOfStep: Statement<{ runKey: string; step: number }, unknown> = ({ runKey, step }, { queries }) =>
  queries
    .deleteFrom('run_events')
    .where('run_key', '=', runKey)
    .where('step', '=', step)
    .where('transient', '=', sql.lit(1))
    .where('once_id', 'is', null)

/** Drops the pieces of an answer that is there now; their offsets stay gaps. What a tool of the same step says has an id, and stays. */
export function* deleteTransientOfStep(runKey: string, step: number): Work<void> {
  yield* tell(deleteOfStep, { runKey, step })
}

const deleteOfRun: Statement<{ runKey: string }, unknown> = ({ runKey }, { queries }) =>
  queries.deleteFrom('run_events').where('run_key', '=', runKey).where('transient', '=', sql.lit(1))

export function* deleteTransientOfRun(runKey: string): Work<void> {
  yield* tell(deleteOfRun, { runKey })
}
