import type { RunEventBody } from '../../core/events.ts'
import type { AttemptEnd } from '../../core/ports.ts'
import { loseRequestsOf } from '../admissions/permits.ts'
import { appendEvents, type Teller } from '../events/append-events.ts'
import type { AttemptTable } from '../schema.ts'
import { type Statement, tell, together, type Work } from '../work.ts'
import { type AttemptToSettle, chargedScopes, findAttempt } from './attempt-rows.ts'
import { lockRun } from './run-row.ts'
import { type Amount, changeScope, countable, dropReservation, lockChargedScope, NOTHING } from './scope-rows.ts'

const updateAttempt: Statement<ReturnType<typeof endingOf>, unknown> = ({ attempt_id, ...ending }, { queries }) =>
  queries.updateTable('attempts').set(ending).where('attempt_id', '=', attempt_id)

type Streamed = 'kept' | 'superseded'

/** Ends an attempt whose answer is not the call's, if it has one: the call's own is committed. */
export function* endAttempt(attemptId: string, end: AttemptEnd): Work<void> {
  const { run_key, run_id } = yield* begunAttempt(attemptId)
  // Read again: who held the lock may have settled it.
  const [run, attempt] = yield* together(lockRun({ key: run_key, id: run_id }), begunAttempt(attemptId))
  const ended = yield* settleAttempt(attempt, end, 'superseded')
  yield* appendEvents(run, ended, end.endedAtMs)
}

function* begunAttempt(attemptId: string): Work<AttemptToSettle> {
  return (yield* findAttempt(attemptId)) ?? neverBegun(attemptId)
}

export function neverBegun(attemptId: string): never {
  throw new Error(`The attempt ${attemptId} is not in the ledger; beginAttempt comes first`)
}

/**
 * Settles an attempt: its row gets its end, its reservations go, its scopes take what it has cost. Gives the event that
 * tells of it, once, when the attempt was open.
 *
 * A row that was marked `abandoned` takes a later end as a correction: its worker was believed lost and was not. Any
 * other end is final, and settling again changes nothing.
 *
 * @param streamed - Whether what the attempt streamed stands, or is to be discarded.
 */
export function* settleAttempt(row: AttemptToSettle, end: AttemptEnd, streamed: Streamed): Work<RunEventBody[]> {
  const isOpen = row.outcome === 'open'
  if (!isOpen && row.outcome !== 'abandoned') return []
  const charge = chargeOf(row, end)
  const settled = { pico: BigInt(row.settled_pico ?? 0), tokens: row.settled_tokens ?? 0 }
  const scopes = yield* together(...chargedScopes(row).map(lockChargedScope))
  for (const scope of scopes) {
    if (!scope) continue
    yield* changeScope(scope, {
      spent: { pico: charge.pico - settled.pico, tokens: charge.tokens - settled.tokens },
      reserved: isOpen ? { pico: -BigInt(row.worst_pico ?? 0), tokens: -row.worst_tokens } : NOTHING,
    })
    if (isOpen) yield* dropReservation(scope, row.attempt_id, end.outcome === 'abandoned')
  }
  yield* tell(updateAttempt, endingOf(row, end, charge))
  return isOpen ? [endEvent(row, end, streamed === 'superseded')] : []
}

/**
 * Settles open attempts of a run whose worker was lost, and counts their requests at limits for a short time only. All their
 * scopes are locked first, in order: attempts may share some and not others, and one after the other would lock them out of order.
 */
export function* abandonAttempts(run: Teller, rows: readonly AttemptTable[], endedAtMs: number): Work<void> {
  const open = rows.filter(row => row.outcome === 'open')
  yield* together(...[...new Set(open.flatMap(chargedScopes))].sort().map(lockChargedScope))
  for (const row of open)
    yield* appendEvents(run, yield* settleAttempt(row, abandonedEnd(row, endedAtMs), 'superseded'), endedAtMs)
  for (const callId of new Set(open.map(row => row.call_id))) yield* loseRequestsOf(callId, endedAtMs)
}

/** The end of an attempt whose worker was lost: it may have cost nothing, or all that was reserved for it. */
function abandonedEnd(row: AttemptTable, endedAtMs: number): AttemptEnd {
  if (row.worst_pico === null) return { outcome: 'abandoned', endedAtMs }
  return { outcome: 'abandoned', cost: { lowPico: '0', highPico: row.worst_pico }, endedAtMs }
}

/** What a scope pays: the high cost, and the reserved worst case where the cost or the tokens are unknown. */
function chargeOf(row: AttemptToSettle, { cost, usage }: AttemptEnd): Amount {
  const priced = cost !== undefined && !cost.unpriced
  const pico = BigInt(priced ? cost.highPico : (row.worst_pico ?? 0))
  const known = countable((usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0))
  const whole = usage?.inputTokens !== undefined && usage.outputTokens !== undefined
  const notBilled = priced && pico === 0n
  return { pico, tokens: whole || notBilled ? known : Math.max(known, row.worst_tokens) }
}

function endingOf(row: AttemptToSettle, end: AttemptEnd, charge: Amount) {
  return {
    attempt_id: row.attempt_id,
    outcome: end.outcome,
    fault_kind: end.fault?.kind ?? null,
    fault: end.fault ? JSON.stringify(end.fault) : null,
    usage: JSON.stringify(end.usage ?? {}),
    cost_low_pico: end.cost?.lowPico ?? null,
    cost_high_pico: end.cost?.highPico ?? null,
    unpriced: end.cost ? (end.cost.unpriced ?? 0) : 1,
    reported_cost_pico: end.reportedCostPico ?? null,
    request_id: end.requestId ?? null,
    first_token_ms: end.firstTokenMs ?? null,
    total_ms: end.totalMs ?? null,
    unhedged: end.unhedged ?? null,
    ended_at_ms: end.endedAtMs,
    settled_pico: charge.pico.toString(),
    settled_tokens: charge.tokens,
  } satisfies Partial<AttemptTable>
}

function endEvent(row: AttemptToSettle, end: AttemptEnd, superseded: boolean): RunEventBody {
  return {
    kind: 'attempt-end',
    step: row.step,
    attempt: row.attempt,
    endpoint: row.endpoint,
    outcome: end.outcome,
    ...(end.fault && { fault: end.fault.kind }),
    ...(end.cost && { cost: end.cost }),
    superseded,
  }
}
