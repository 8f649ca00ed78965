import type { RejectionGroup, RouteRecord } from '../../core/routing/route/route-record.ts'
import { findRejections } from '../ledger/call-rows.ts'
import { latestRun } from '../runs/latest-run.ts'
import { ask, inTurn, type Work } from '../work.ts'
import { type CallReport, reportsOf } from './call-report.ts'

/** A plan of a call, with all of its rejections. */
export interface PlanReport extends Omit<RouteRecord, 'rejections'> {
  /** The first attempt that was made by it; absent where it made none. */
  readonly attempt?: number
  readonly rejections: readonly RejectionGroup[]
}

/** A call with the plans that it went by, in their order; more than one where it waited, stepped down or was escalated. */
export interface RouteReport {
  readonly call: CallReport
  readonly plans: readonly PlanReport[]
}

/** The calls of a step with their plans: one, and others where a reset run has asked something else there. */
export function* routeReports(runId: string, step: number): Work<RouteReport[]> {
  const run = yield* latestRun(runId)
  if (!run) return []
  const calls = yield* ask(({ queries }) =>
    queries
      .selectFrom('calls')
      .selectAll()
      .where('run_key', '=', run.run_key)
      .where('step', '=', step)
      .orderBy('begun_at_ms'),
  )
  const attempts = yield* ask(({ queries }) =>
    queries
      .selectFrom('attempts')
      .select(['call_id', 'attempt', 'route'])
      .where('run_key', '=', run.run_key)
      .where('step', '=', step)
      .where('route', 'is not', null)
      .orderBy('attempt'),
  )
  const reports: RouteReport[] = []
  for (const [at, call] of (yield* reportsOf(calls)).entries()) {
    const first = calls[at]!.route
    const rows = [
      ...(first === null ? [] : [{ route: first }]),
      ...attempts.filter(({ call_id }) => call_id === call.callId),
    ]
    reports.push({ call, plans: yield* inTurn(rows, planOf) })
  }
  return reports
}

function* planOf(row: { route: string | null; attempt?: number }): Work<PlanReport> {
  const { rejections, ...record } = JSON.parse(row.route!) as RouteRecord
  const kept = rejections === undefined ? undefined : yield* findRejections(rejections)
  return {
    ...record,
    ...(row.attempt !== undefined && { attempt: row.attempt }),
    rejections: kept ? (JSON.parse(kept.body) as RejectionGroup[]) : [],
  }
}
