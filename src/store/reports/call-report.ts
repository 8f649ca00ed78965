import { groupBy } from '../../core/group-by.ts'
import { addCost, NO_COST, UNPRICED_COST } from '../../core/money/cost.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { Cost, Labels } from '../../core/protocol.ts'
import type { RejectionGroup, RouteRecord } from '../../core/routing/route/route-record.ts'
import { whyUnasked } from '../../core/routing/route/why-unasked.ts'
import { addUsage, type Usage } from '../../core/usage.ts'
import { inPages } from '../in-pages.ts'
import { attemptsOfCalls } from '../ledger/attempt-rows.ts'
import type { CallTable } from '../schema.ts'
import { ask, together, type Work } from '../work.ts'
import { type CallFilter, filteredCalls } from './filter.ts'
import { recordsWithWaste } from './waste.ts'

/** One call with all of its attempts, as plain JSON. */
export interface CallReport
  extends Pick<AttemptRecord, 'callId' | 'runId' | 'step' | 'taskClass' | 'workspace' | 'labels'> {
  /** The endpoint that the first plan put first; absent while nothing was sent. */
  readonly planned?: string
  /** The endpoint that answered; absent while nobody has. */
  readonly answeredBy?: string
  /** Of a call without an attempt: why nobody was asked, by the plan that it began with. Absent where that does not say, as of old calls. */
  readonly unasked?: string
  readonly attempts: readonly AttemptRecord[]
  readonly usage: Usage
  readonly cost: Cost
  readonly startedAtMs: number
  readonly answeredAtMs?: number
}

/** The calls that the filter names, oldest first, each with all of its attempts; some have none, e.g. for want of a route. */
export function* callReports(filter: CallFilter): Work<CallReport[]> {
  return yield* reportsOf(yield* filteredCalls(filter))
}

export function* callReport(callId: string): Work<CallReport | undefined> {
  const calls = yield* ask(({ queries }) => queries.selectFrom('calls').selectAll().where('call_id', '=', callId))
  return (yield* reportsOf(calls))[0]
}

/** The calls of these rows, in their order. */
export function* reportsOf(calls: readonly CallTable[]): Work<CallReport[]> {
  const callIds = calls.map(call => call.call_id)
  const runKeys = [...new Set(calls.map(call => call.run_key))]
  const [attempts, runs] = yield* together(inPages(callIds, attemptsOfCalls), inPages(runKeys, idsOf))
  const runIds = new Map(runs.map(run => [run.run_key, run.run_id]))
  const records = yield* recordsWithWaste(attempts)
  const byCall = groupBy(records, attempt => attempt.callId)
  const reports = calls.map(call => reportOf(call, runIds.get(call.run_key)!, byCall.get(call.call_id) ?? []))
  return yield* withReasons(reports, calls)
}

/** @param calls - The rows of the reports, in their order. */
function* withReasons(reports: readonly CallReport[], calls: readonly CallTable[]): Work<CallReport[]> {
  const routes = reports.map(({ attempts }, at) => {
    const route = attempts.length === 0 ? calls[at]!.route : null
    return route === null ? undefined : (JSON.parse(route) as RouteRecord)
  })
  const digests = [...new Set(routes.flatMap(route => route?.rejections ?? []))]
  const kept = new Map((yield* inPages(digests, rejectionsIn)).map(({ digest, body }) => [digest, body]))
  return reports.map((report, at) => {
    const route = routes[at]
    const groups = JSON.parse(kept.get(route?.rejections ?? '') ?? '[]') as RejectionGroup[]
    const unasked = route && whyUnasked(route, groups)
    return unasked === undefined ? report : { ...report, unasked }
  })
}

const rejectionsIn = (digests: readonly string[]) =>
  ask(({ queries }) => queries.selectFrom('rejections').selectAll().where('digest', 'in', digests))

const idsOf = (runKeys: readonly string[]) =>
  ask(({ queries }) => queries.selectFrom('runs').select(['run_key', 'run_id']).where('run_key', 'in', runKeys))

function reportOf(call: CallTable, runId: string, attempts: readonly AttemptRecord[]): CallReport {
  const answering = attempts.find(attempt => attempt.attemptId === call.answer_attempt_id)
  return {
    callId: call.call_id,
    runId,
    step: call.step,
    taskClass: call.task_class,
    workspace: call.workspace,
    labels: JSON.parse(call.labels) as Labels,
    ...(attempts[0] && { planned: attempts[0].planned }),
    ...(answering && { answeredBy: answering.endpoint }),
    attempts,
    usage: attempts.reduce((sum, attempt) => addUsage(sum, attempt.usage), {}),
    cost: attempts.reduce((sum, attempt) => addCost(sum, attempt.cost ?? UNPRICED_COST), NO_COST),
    startedAtMs: call.started_at_ms,
    ...(call.answered_at_ms !== null && { answeredAtMs: call.answered_at_ms }),
  }
}
