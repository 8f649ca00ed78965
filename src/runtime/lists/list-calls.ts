/**
 * The model calls of a store, as clients and the command line list them.
 *
 * @module
 */
import { costUsd } from '../../core/money/cost.ts'
import type { CallFilter, CallReport, ReportPort } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { CALL, positiveLimit, requireLabel, requirePlace, requireTimes } from './list-bounds.ts'

/** Filters; all optional. */
export interface CallsQuery extends CallFilter {}

/** A call with all of its attempts. */
export interface ListedCall extends CallReport {
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
}

const CALLS_KEYS: KeysOf<CallsQuery> = {
  run: true,
  below: true,
  taskClass: true,
  model: true,
  provider: true,
  fault: true,
  label: true,
  sinceMs: true,
  untilMs: true,
  before: true,
  limit: true,
}

/** Where nobody says how many. */
export const MOST_CALLS_LISTED = 100

/** The newest, oldest first, and whether there are more than the limit. */
export async function listCalls(
  reports: Pick<ReportPort, 'calls'>,
  query: CallsQuery,
): Promise<{ readonly calls: readonly ListedCall[]; readonly more: boolean }> {
  const what = 'the list of calls'
  refuseUnknown(what, query, CALLS_KEYS)
  requireTimes(what, query)
  requirePlace(what, query.before, CALL)
  requireLabel(what, query.label)
  const { limit: most = MOST_CALLS_LISTED, ...filter } = query
  const limit = positiveLimit(what, most)
  const found = await reports.calls({ ...filter, limit: limit + 1 })
  const calls = found.slice(-limit).map(call => ({ ...call, costUsd: costUsd(call.cost) }))
  return { calls, more: found.length > limit }
}
