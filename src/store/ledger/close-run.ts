import type { RunEnd } from '../../core/ports.ts'
import type { RunRef } from '../../core/protocol.ts'
import { appendEvents, deleteTransientOfRun } from '../events/append-events.ts'
import type { AttemptTable, RunTable } from '../schema.ts'
import { all, type Statement, tell, type Work } from '../work.ts'
import { lockRunIfOpened } from './run-row.ts'
import { abandonedEnd, settleAttempt } from './settle-attempt.ts'

type End = { runKey: string; endedAtMs: number | null; outcome: string | null; message: string | null }

const setEnd: Statement<End, unknown> = ({ runKey, endedAtMs, outcome, message }, { queries }) =>
  queries.updateTable('runs').set({ ended_at_ms: endedAtMs, outcome, message }).where('run_key', '=', runKey)

const openAttempts: Statement<{ runKey: string }, AttemptTable> = ({ runKey }, { queries }) =>
  queries
    .selectFrom('attempts')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('outcome', '=', 'open')
    .orderBy('started_at_ms')
    .orderBy('attempt_id')

/** Ends the run once. A run that was never opened, because it was refused, has nothing to end. */
export function* closeRun(run: RunRef, { outcome, message, endedAtMs }: RunEnd): Work<void> {
  const row = yield* lockRunIfOpened(run.key)
  if (!row || row.ended_at_ms !== null) return
  for (const attempt of yield* all(openAttempts, { runKey: run.key })) {
    yield* settleAttempt(attempt, abandonedEnd(attempt, endedAtMs), true)
  }
  yield* tell(setEnd, { runKey: run.key, endedAtMs, outcome, message: message ?? null })
  yield* deleteTransientOfRun(run.key)
  yield* appendEvents(run.key, [{ kind: 'run-end', outcome, ...(message !== undefined && { message }) }], endedAtMs)
}

/** A run that was reset goes on after its end, under the same key. */
export function* reopenIfEnded(run: RunTable): Work<void> {
  if (run.ended_at_ms === null) return
  yield* tell(setEnd, { runKey: run.run_key, endedAtMs: null, outcome: null, message: null })
}
