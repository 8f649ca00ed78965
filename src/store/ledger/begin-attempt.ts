import type { NewAttempt, Reserved, WorstCase } from '../../core/ports.ts'
import { appendEvents } from '../events/append-events.ts'
import type { AttemptTable, ScopeTable } from '../schema.ts'
import { type Statement, tell, type Work } from '../work.ts'
import { findAttempt, openRow } from './attempt-rows.ts'
import { findCall, labelsOf } from './call-rows.ts'
import { lockRun } from './run-row.ts'
import { hasReservations, lockScope, reserve } from './scope-rows.ts'

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
  const scope = yield* lockScope(run.scope_id)
  const room = headroom(scope)
  if (!fits(worstCase, room)) return { kind: 'short', ...room, inFlight: yield* hasReservations(scope.scope_id) }
  yield* reserve(scope, attemptId, worstCase.pico, worstCase.tokens)
  yield* tell(insertAttempt, openRow(attempt, run, labelsOf(call)))
  const event = {
    kind: 'attempt-start',
    step: call.step,
    attempt: attempt.attempt,
    endpoint: attempt.endpoint.id,
  } as const
  yield* appendEvents(run.run_key, [event], attempt.startedAtMs)
  return { kind: 'reserved' }
}

interface Headroom {
  readonly headroomPico?: string
  readonly headroomTokens?: number
}

/** What a new reservation may have. Settled spendings can pass a limit when a vendor bills more than the worst case. */
function headroom(scope: ScopeTable): Headroom {
  const { limit_pico, limit_tokens } = scope
  const tokens = (limit_tokens ?? 0) - scope.spent_tokens - scope.reserved_tokens
  const pico = BigInt(limit_pico ?? 0) - BigInt(scope.spent_pico) - BigInt(scope.reserved_pico)
  return {
    ...(limit_pico !== null && { headroomPico: (pico > 0n ? pico : 0n).toString() }),
    ...(limit_tokens !== null && { headroomTokens: Math.max(0, tokens) }),
  }
}

/** An unknown price never fits into a money limit. */
function fits({ pico, tokens }: WorstCase, { headroomPico, headroomTokens }: Headroom): boolean {
  if (headroomTokens !== undefined && tokens > headroomTokens) return false
  if (headroomPico === undefined) return true
  return pico !== undefined && BigInt(pico) <= BigInt(headroomPico)
}

function takenOver(attemptId: string): Error {
  return new Error(`The attempt ${attemptId} may not leave: another worker has taken its call over`)
}
