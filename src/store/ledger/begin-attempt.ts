import type { RunEventBody } from '../../core/events.ts'
import type { NewAttempt, Reserved } from '../../core/ports.ts'
import { keepWhileOut } from '../admissions/permits.ts'
import { appendEvents } from '../events/append-events.ts'
import type { AttemptTable } from '../schema.ts'
import { appendMessages, takenOf } from '../transcripts/append-messages.ts'
import { type Statement, tell, together, type Work } from '../work.ts'
import { openRow } from './attempt-rows.ts'
import { beginning, writeNewCall } from './begin-call.ts'
import { findCallWith, keepRejections, labelsOf } from './call-rows.ts'
import { reopenFor } from './reopen.ts'
import { reserveInAll } from './reserve-in-all.ts'
import { lockRun } from './run-row.ts'

const insertAttempt: Statement<AttemptTable, unknown> = (row, { queries }) => queries.insertInto('attempts').values(row)

/**
 * Reserves the worst case and writes the row, with the call where it has not begun, or does nothing of it.
 *
 * @throws Error when another worker has taken this call over: it has ended it, or holds this attempt with another request. And
 * when the run has ended. The caller is then the one that was believed lost, and its request must not leave.
 */
export function* beginAttempt(attempt: NewAttempt): Work<Reserved> {
  const { call, attemptId, worstCase } = attempt
  const [run, known] = yield* together(lockRun(call.run), findCallWith(call.callId, attemptId))
  const there = known?.wire_request_id ?? undefined
  if (there === attempt.wireRequestId)
    return { kind: 'reserved', transcript: yield* appendMessages(run, call.transcript, call.messages) }
  if (there !== undefined || known?.answer != null || known?.unanswered_at_ms != null) throw takenOver(attemptId)
  yield* reopenFor(call.part, run, call.startedAtMs)
  const scopes = { run: run.scope_id, slices: call.run.slices ?? [], shared: attempt.shared ?? [] }
  const [reserved, taken] = yield* together(
    reserveInAll(attemptId, worstCase, scopes),
    takenOf(call.transcript, known ? 0 : call.messages.length),
  )
  if (reserved.kind === 'short') return reserved
  const transcript = known ? undefined : yield* writeNewCall(call, run, taken)
  yield* keepRejections(attempt.route?.rejections)
  yield* tell(insertAttempt, openRow(attempt, run, labelsOf(call)))
  if (attempt.permit) yield* keepWhileOut(attempt.permit)
  const events = known ? [attemptStart(attempt)] : [...beginning(call), attemptStart(attempt)]
  yield* appendEvents(run, events, attempt.startedAtMs)
  return { kind: 'reserved', ...(transcript && { transcript }) }
}

function attemptStart({ call, attempt, endpoint, reason }: NewAttempt): RunEventBody {
  const { step, taskClass, asked } = call
  const led = asked !== undefined && asked !== taskClass
  return { kind: 'attempt-start', step, attempt, endpoint: endpoint.id, reason, ...(led && { taskClass }) }
}

function takenOver(attemptId: string): Error {
  return new Error(`The attempt ${attemptId} was not sent: another worker has taken over its call`)
}
