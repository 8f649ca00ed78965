import { sql } from 'kysely'
import type { RunEventBody } from '../../core/events.ts'
import type { OutcomeKind } from '../../core/protocol.ts'
import type { RunEventTable, RunTable } from '../schema.ts'
import { sealed } from '../seals/seal-text.ts'
import { one, type Statement, tell, type Work } from '../work.ts'

const takeOffsets: Statement<{ runKey: string; count: number }, unknown> = ({ runKey, count }, { queries }) =>
  queries
    .updateTable('runs')
    .set(columns => ({ next_offset: columns('next_offset', '+', count) }))
    .where('run_key', '=', runKey)

/** An event, and how far its offset is before the next one of its run. */
type Written = Omit<RunEventTable, 'event_offset'> & { back: number }

/** The database gives the offset, so that nobody has to wait for it. */
const insertEvent: Statement<Written, unknown> = ({ back, ...row }, { queries }) =>
  queries.insertInto('run_events').values(({ selectFrom }) => ({
    ...row,
    event_offset: selectFrom('runs')
      .select(({ eb }) => eb('next_offset', '-', back).as('event_offset'))
      .where('run_key', '=', row.run_key),
  }))

/** The run to whose list something is appended. It must be locked, or be new. */
export type Teller = Pick<RunTable, 'run_key' | 'seal_key'>

/** Appends to a run's list; the counter's row stays locked until the commit, so offsets follow the order of commits. */
export function* appendEvents(
  { run_key, seal_key }: Teller,
  events: readonly RunEventBody[],
  atMs: number,
  onceId: string | null = null,
): Work<void> {
  if (events.length === 0) return
  yield* tell(takeOffsets, { runKey: run_key, count: events.length })
  for (const [index, event] of events.entries()) {
    yield* tell(insertEvent, {
      run_key,
      back: events.length - index,
      at_ms: atMs,
      transient: isTransient(event) ? 1 : 0,
      step: 'step' in event ? (event.step ?? null) : null,
      body: yield* sealed(seal_key, JSON.stringify(event)),
      once_id: onceId,
    })
  }
}

/** Appends the end of a sealed run whose key is out of reach: unsealed, without its message. The run's row says as much. */
export const appendBareEnd = ({ run_key }: Teller, outcome: OutcomeKind, atMs: number): Work<void> =>
  appendEvents({ run_key, seal_key: null }, [{ kind: 'run-end', outcome }], atMs)

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
  queries
    .deleteFrom('run_events')
    .where('run_key', '=', runKey)
    .where('transient', '=', sql.lit(1))
    .where(({ eb, or, not, exists, selectFrom }) =>
      or([
        eb('once_id', 'is not', null),
        not(
          exists(
            selectFrom('attempts')
              .select('attempt_id')
              .where('attempts.run_key', '=', runKey)
              .where('attempts.outcome', '=', 'cancelled')
              .whereRef('attempts.step', '=', 'run_events.step'),
          ),
        ),
      ]),
    )

/** Drops what is of no use once the run has ended. The pieces of an answer that was interrupted stay: nothing else tells what people read. */
export function* deleteTransientOfRun(runKey: string): Work<void> {
  yield* tell(deleteOfRun, { runKey })
}
