import type { AttemptEnd } from '../../core/ports.ts'
import { appendEvents } from '../events/append-events.ts'
import type { Work } from '../work.ts'
import { type AttemptToSettle, findAttempt } from './attempt-rows.ts'
import { lockRun } from './run-row.ts'
import { settleAttempt } from './settle-attempt.ts'

export function* endAttempt(attemptId: string, end: AttemptEnd): Work<void> {
  const { run_key, run_id } = yield* begunAttempt(attemptId)
  yield* lockRun({ key: run_key, id: run_id })
  // Read again: who held the lock may have settled it.
  const ended = yield* settleAttempt(
    yield* begunAttempt(attemptId),
    end,
    end.outcome === 'answered' ? 'kept' : 'superseded',
  )
  yield* appendEvents(run_key, ended, end.endedAtMs)
}

/** @throws Error when the attempt was never begun. */
export function* begunAttempt(attemptId: string): Work<AttemptToSettle> {
  const row = yield* findAttempt(attemptId)
  if (!row) throw new Error(`The attempt ${attemptId} is not in the ledger; beginAttempt comes first`)
  return row
}
