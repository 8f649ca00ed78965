import { sql } from 'kysely'
import type { Fault } from '../../core/faults/fault.ts'
import type { AttemptRecord, NewAttempt } from '../../core/ports.ts'
import type { Cost, Labels } from '../../core/protocol.ts'
import type { Usage } from '../../core/usage.ts'
import type { AttemptTable, CallTable } from '../schema.ts'
import { all, ask, one, type Statement } from '../work.ts'
import type { LockedRun } from './run-row.ts'

/** What settling an attempt needs of it. */
const TO_SETTLE = [
  'attempt_id',
  'run_key',
  'run_id',
  'scope_id',
  'shared_scopes',
  'attempt',
  'step',
  'endpoint',
  'wire_request_id',
  'worst_pico',
  'worst_tokens',
  'settled_pico',
  'settled_tokens',
  'outcome',
] as const satisfies (keyof AttemptTable)[]

export type AttemptToSettle = Pick<AttemptTable, (typeof TO_SETTLE)[number]>

const byId: Statement<{ attemptId: string }, AttemptToSettle> = ({ attemptId }, { queries }) =>
  queries.selectFrom('attempts').select(TO_SETTLE).where('attempt_id', '=', attemptId)

type WithAnswer = AttemptToSettle & Pick<CallTable, 'answer'>

const withAnswer: Statement<{ attemptId: string }, WithAnswer> = ({ attemptId }, { queries }) =>
  queries
    .selectFrom('attempts')
    .select(TO_SETTLE)
    .select(({ selectFrom }) =>
      selectFrom('calls').select('answer').whereRef('calls.call_id', '=', 'attempts.call_id').as('answer'),
    )
    .where('attempt_id', '=', attemptId)

const byCall: Statement<{ callId: string }, AttemptTable> = ({ callId }, { queries }) =>
  queries.selectFrom('attempts').selectAll().where('call_id', '=', callId).orderBy('attempt')

/** A literal: for a bound parameter neither database takes the index of those that are open, where it has planned for any. */
export const OPEN = sql.lit('open')

const openOfRun: Statement<{ runKey: string }, AttemptTable> = ({ runKey }, { queries }) =>
  queries
    .selectFrom('attempts')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('outcome', '=', OPEN)
    .orderBy('started_at_ms')
    .orderBy('attempt_id')

export const findAttempt = (attemptId: string) => one(byId, { attemptId })

/** The attempt with the answer of its call, `null` if there is none yet. */
export const findAttemptWithAnswer = (attemptId: string) => one(withAnswer, { attemptId })

export const attemptsOfCall = (callId: string) => all(byCall, { callId })

/** Of so many calls as fit one statement; each call's in their order. */
export const attemptsOfCalls = (callIds: readonly string[]) =>
  ask(({ queries }) => queries.selectFrom('attempts').selectAll().where('call_id', 'in', callIds).orderBy('attempt'))

export const openAttemptsOf = (runKey: string) => all(openOfRun, { runKey })

/** The row of an attempt that is about to leave. Its cost lies between nothing and the worst case until it is settled. */
export function openRow(attempt: NewAttempt, run: LockedRun, labels: string): AttemptTable {
  const { call, endpoint, worstCase } = attempt
  const priced = worstCase.pico !== undefined
  return {
    attempt_id: attempt.attemptId,
    call_id: call.callId,
    run_key: run.run_key,
    run_id: run.run_id,
    scope_id: run.scope_id,
    shared_scopes: scopesBeside(attempt),
    attempt: attempt.attempt,
    step: call.step,
    task_class: call.taskClass,
    workspace: run.workspace,
    labels,
    endpoint: endpoint.id,
    provider: endpoint.provider,
    model: endpoint.model,
    planned: attempt.planned,
    reason: attempt.reason,
    retention: endpoint.dataPolicy.retention ?? null,
    wire_request_id: attempt.wireRequestId,
    catalog_version: attempt.catalogVersion,
    worst_pico: worstCase.pico ?? null,
    worst_tokens: worstCase.tokens,
    cost_low_pico: priced ? '0' : null,
    cost_high_pico: worstCase.pico ?? null,
    unpriced: priced ? 0 : 1,
    started_at_ms: attempt.startedAtMs,
    part: call.part ?? null,
    route: attempt.route?.record ?? null,
    ...UNSETTLED,
  }
}

function scopesBeside({ call, shared = [] }: NewAttempt): string | null {
  const scopes = [...(call.run.slices ?? []), ...shared.map(({ scopeId }) => scopeId)]
  return scopes.length > 0 ? JSON.stringify(scopes) : null
}

const UNSETTLED = {
  settled_pico: null,
  settled_tokens: null,
  outcome: 'open',
  fault_kind: null,
  fault: null,
  usage: '{}',
  reported_cost_pico: null,
  request_id: null,
  first_token_ms: null,
  total_ms: null,
  ended_at_ms: null,
  unhedged: null,
  batch: null,
}

/** A row as the ledger shows it; what the row does not know is left out. */
export function recordOf(row: AttemptTable): AttemptRecord {
  return {
    attemptId: row.attempt_id,
    attempt: row.attempt,
    callId: row.call_id,
    runId: row.run_id,
    step: row.step,
    taskClass: row.task_class,
    workspace: row.workspace,
    labels: JSON.parse(row.labels) as Labels,
    endpoint: row.endpoint,
    provider: row.provider,
    model: row.model,
    planned: row.planned,
    reason: row.reason,
    wireRequestId: row.wire_request_id,
    outcome: row.outcome as AttemptRecord['outcome'],
    usage: JSON.parse(row.usage) as Usage,
    catalogVersion: row.catalog_version,
    startedAtMs: row.started_at_ms,
    ...endingOf(row),
  }
}

function endingOf(row: AttemptTable): Partial<AttemptRecord> {
  const cost = costOf(row)
  return {
    ...(row.part !== null && { part: row.part }),
    ...(row.batch !== null && { batch: row.batch }),
    ...(row.retention !== null && { retention: row.retention }),
    ...(row.fault !== null && { fault: JSON.parse(row.fault) as Fault }),
    ...(cost && { cost }),
    ...(row.reported_cost_pico !== null && { reportedCostPico: row.reported_cost_pico }),
    ...(row.request_id !== null && { requestId: row.request_id }),
    ...(row.first_token_ms !== null && { firstTokenMs: row.first_token_ms }),
    ...(row.total_ms !== null && { totalMs: row.total_ms }),
    ...(row.unhedged !== null && { unhedged: row.unhedged }),
    ...(row.ended_at_ms !== null && { endedAtMs: row.ended_at_ms }),
  }
}

/** Every scope that an attempt is charged to, in the order in which they are locked. */
export function chargedScopes({ scope_id, shared_scopes }: Pick<AttemptTable, 'scope_id' | 'shared_scopes'>): string[] {
  const shared = shared_scopes === null ? [] : (JSON.parse(shared_scopes) as string[])
  return [scope_id, ...shared].sort()
}

/** `undefined`: the attempt has no known price. */
export function costOf(row: Pick<AttemptTable, 'cost_low_pico' | 'cost_high_pico' | 'unpriced'>): Cost | undefined {
  if (row.cost_low_pico === null || row.cost_high_pico === null) return undefined
  return {
    lowPico: row.cost_low_pico,
    highPico: row.cost_high_pico,
    ...(row.unpriced > 0 && { unpriced: row.unpriced }),
  }
}
