/**
 * The runs of a store, as clients and the command line list them.
 *
 * @module
 */
import { costUsd } from '../../core/money/cost.ts'
import type { ReportPort, RunFilter, RunReport } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { MOST_LISTED, positiveLimit, RUN, requireLabel, requirePlace, requireTimes } from './list-bounds.ts'

/** Filters; all optional. */
export interface RunsQuery extends Omit<RunFilter, 'asked' | 'ids'> {}

/** A run with what it has cost itself; a child is a run of its own. */
export interface ListedRun extends RunReport {
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
}

const RUNS_KEYS: KeysOf<RunsQuery> = {
  workspace: true,
  label: true,
  outcomes: true,
  sinceMs: true,
  untilMs: true,
  after: true,
  limit: true,
}

/** Newest first, and whether there are more than the limit. Patterns of content rules are left out. */
export async function listRuns(
  reports: Pick<ReportPort, 'runs'>,
  query: RunsQuery,
): Promise<{ readonly runs: readonly ListedRun[]; readonly more: boolean }> {
  refuseUnknown('the list of runs', query, RUNS_KEYS)
  requireTimes('the list of runs', query)
  requirePlace('the list of runs', query.after, RUN)
  requireLabel('the list of runs', query.label)
  const { limit: most = MOST_LISTED, ...filter } = query
  const limit = positiveLimit('the list of runs', most)
  const found = await reports.runs({ ...filter, limit: limit + 1 })
  const runs = found.slice(0, limit).map(run => ({ ...withoutPatterns(run), costUsd: costUsd(run.cost) }))
  return { runs, more: found.length > limit }
}

/** The run without the patterns of its content rules, which may be as secret as what they keep back. */
export function withoutPatterns({ policy, ...run }: RunReport): RunReport {
  if (!policy) return run
  const { content, ...rest } = policy
  return {
    ...run,
    policy: { ...rest, ...(content && { content: content.map(({ name }) => ({ name })) }) } as typeof policy,
  }
}
