/**
 * Calls of all runs as a backtest reads them.
 *
 * @module
 */
import type { RecordedAttempt, RecordedCall } from '../../core/backtest/recorded-call.ts'
import { groupBy } from '../../core/group-by.ts'
import type { Labels } from '../../core/protocol.ts'
import type { RouteRecord } from '../../core/routing/route/route-record.ts'
import type { Usage } from '../../core/usage.ts'
import { inPages } from '../in-pages.ts'
import { attemptsOfCalls, costOf } from '../ledger/attempt-rows.ts'
import type { AttemptTable, CallTable, RunTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'
import { policyIn } from './run-report.ts'
import { wholeMs } from './whole-ms.ts'

export interface RecordedQuery {
  readonly sinceMs: number
  /** Not included. */
  readonly untilMs?: number
  /** Asked in this class. */
  readonly taskClass?: string
  /** The newest so many. */
  readonly limit: number
}

/** The calls of a time, oldest first. Sealed runs' are among them: what is read here is no content, a policy with content rules aside. */
export function* recordedCalls(query: RecordedQuery): Work<RecordedCall[]> {
  const rows = yield* newestCalls(query)
  const policies = new Map<string, RunPolicy>()
  return yield* inPages(rows, page => pageOf(page, policies))
}

type Row = Pick<
  CallTable,
  | 'call_id'
  | 'run_key'
  | 'task_class'
  | 'workspace'
  | 'labels'
  | 'started_at_ms'
  | 'answer_attempt_id'
  | 'answered_at_ms'
  | 'route'
  | 'sums_up_for'
>

function* newestCalls({ sinceMs, untilMs, taskClass, limit }: RecordedQuery): Work<Row[]> {
  const rows: Row[] = yield* ask(({ queries }) =>
    queries
      .selectFrom('calls')
      .select(['call_id', 'run_key', 'task_class', 'workspace', 'labels', 'started_at_ms'])
      .select(['answer_attempt_id', 'answered_at_ms', 'route', 'sums_up_for'])
      .where('started_at_ms', '>=', wholeMs(sinceMs))
      .$if(untilMs !== undefined, part => part.where('started_at_ms', '<', wholeMs(untilMs!)))
      .$if(taskClass !== undefined, part => part.where('task_class', '=', taskClass!))
      .orderBy('started_at_ms', 'desc')
      .orderBy('call_id', 'desc')
      .limit(limit),
  )
  return rows.reverse()
}

type RunPolicy = Pick<RecordedCall, 'runPolicy' | 'policyLost'>

function* policyOf(run: Pick<RunTable, 'policy'>): Work<RunPolicy> {
  const runPolicy = yield* policyIn(run)
  if (runPolicy) return { runPolicy }
  return run.policy === null ? {} : { policyLost: true }
}

function* pageOf(rows: readonly Row[], policies: Map<string, RunPolicy>): Work<RecordedCall[]> {
  const callIds = rows.map(row => row.call_id)
  const unknown = [...new Set(rows.map(row => row.run_key))].filter(key => !policies.has(key))
  const attempts = yield* attemptsOfCalls(callIds)
  if (unknown.length > 0) {
    const runs = yield* ask(({ queries }) =>
      queries.selectFrom('runs').select(['run_key', 'policy']).where('run_key', 'in', unknown),
    )
    for (const run of runs) policies.set(run.run_key, yield* policyOf(run))
  }
  const byCall = groupBy(attempts, attempt => attempt.call_id)
  return rows.map(row => recordedOf(row, byCall.get(row.call_id) ?? [], policies.get(row.run_key)))
}

function recordedOf(row: Row, attempts: readonly AttemptTable[], policy: RunPolicy | undefined): RecordedCall {
  const route = row.route ?? attempts.find(attempt => attempt.route !== null)?.route
  const answeredBy = attempts.findIndex(attempt => attempt.attempt_id === row.answer_attempt_id)
  return {
    callId: row.call_id,
    runKey: row.run_key,
    asked: row.task_class,
    workspace: row.workspace,
    labels: JSON.parse(row.labels) as Labels,
    ...policy,
    ...(row.sums_up_for !== null && { sumsUpFor: row.sums_up_for }),
    ...(route && { record: JSON.parse(route) as RouteRecord }),
    attempts: attempts.map(attemptOf),
    ...(answeredBy >= 0 && { answeredBy }),
    startedAtMs: row.started_at_ms,
    ...(row.answered_at_ms !== null && { answeredAtMs: row.answered_at_ms }),
  }
}

function attemptOf(row: AttemptTable): RecordedAttempt {
  const cost = costOf(row)
  return {
    endpoint: row.endpoint,
    outcome: outcomeOf(row),
    usage: JSON.parse(row.usage) as Usage,
    ...(cost && !row.unpriced && { usd: (Number(cost.lowPico) + Number(cost.highPico)) / 2e12 }),
    ...(row.reported_cost_pico !== null && { reported: true }),
    ...(row.first_token_ms !== null && { firstTokenMs: row.first_token_ms }),
    ...(row.total_ms !== null && { totalMs: row.total_ms }),
    endedAtMs: row.ended_at_ms ?? row.started_at_ms,
  }
}

/** What was cancelled, or lost with its worker, says nothing of its endpoint. */
function outcomeOf({ outcome, fault_kind }: AttemptTable): RecordedAttempt['outcome'] {
  if (outcome === 'answered') return 'answered'
  if (outcome !== 'fault') return 'unknown'
  if (fault_kind === 'malformed-reply') return 'malformed'
  return fault_kind === 'rate-limited' ? 'rate-limited' : 'failed'
}
