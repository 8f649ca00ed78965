import type { NewAttempt, Reserved } from '../../core/ports.ts'
import { appendEvents } from '../events/append-events.ts'
import type { AttemptTable } from '../schema.ts'
import { type Statement, tell, type Work } from '../work.ts'
import { findAttempt, openRow } from './attempt-rows.ts'
import { findCall, labelsOf } from './call-rows.ts'
import { reserveInAll } from './reserve-in-all.ts'
import { lockRun } from './run-row.ts'

const insertAttempt: Statement<AttemptTable, unknown> = (row, { queries }) => queries.insertInto('attempts').values(row)

/**
 * Reserves the worst case and writes the row, or does neither.
 *
 * @throws Error when another worker has taken this call over: it answered, or holds this attempt with another request.
 * The caller is then the one that was believed lost, and its request must not leave.
 */
export function* beginAttempt(attempt: NewAttempt): Work<Reserved> {
  const { call, attemptId, worstCase } = attempt
  const run = yield* lockRun(call.run.key, call.run.id)
  const there = yield* findAttempt(attemptId)
  if (there?.wire_request_id === attempt.wireRequestId) return { kind: 'reserved' }
  if (there || (yield* findCall(call.callId))?.answer != null) throw takenOver(attemptId)
  const reserved = yield* reserveInAll(attemptId, worstCase, {
    run: run.scope_id,
    slices: call.run.slices ?? [],
    shared: attempt.shared ?? [],
  })
  if (reserved.kind === 'short') return reserved
  yield* tell(insertAttempt, openRow(attempt, run, labelsOf(call)))
  const event = {
    kind: 'attempt-start',
    step: call.step,
    attempt: attempt.attempt,
    endpoint: attempt.endpoint.id,
    reason: attempt.reason,
  } as const
  yield* appendEvents(run.run_key, [event], attempt.startedAtMs)
  return { kind: 'reserved' }
}

function takenOver(attemptId: string): Error {
  return new Error(`The attempt ${attemptId} may not leave: another worker has taken its call over`)
}
