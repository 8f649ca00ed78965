/**
 * The runs of a store, as clients and the command line list them.
 *
 * @module
 */
import { costUsd } from '../../core/money/cost.ts'
import type { ReportPort, RunEnding, RunFilter, RunReport } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'

/** Filters; all optional. */
export interface RunsQuery extends Omit<RunFilter, 'asked' | 'ids'> {}

/** A run with what it has cost itself; a child is a run of its own. */
export interface ListedRun extends RunReport {
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
}

export const MOST_LISTED = 50

/** How a run may stand that the store does not have, in the words in which runs of the store stand. */
export const UNOPENED_ENDINGS = ['open', 'failed', 'cancelled'] as const satisfies readonly RunEnding[]

const RUNS_KEYS: KeysOf<RunsQuery> = {
  workspace: true,
  label: true,
  outcomes: true,
  sinceMs: true,
  untilMs: true,
  limit: true,
}

/** Newest first, and whether there are more than the limit. A content rule's pattern is left out: it may be what nobody shall read. */
export async function listRuns(
  reports: Pick<ReportPort, 'runs'>,
  query: RunsQuery,
): Promise<{ readonly runs: readonly ListedRun[]; readonly more: boolean }> {
  refuseUnknown('the list of runs', query, RUNS_KEYS)
  refuseNoTimes('the list of runs', query)
  const { limit: most = MOST_LISTED, ...filter } = query
  const limit = positiveLimit('the list of runs', most)
  const found = await reports.runs({ ...filter, limit: limit + 1 })
  const runs = found.slice(0, limit).map(run => ({ ...withoutPatterns(run), costUsd: costUsd(run.cost) }))
  return { runs, more: found.length > limit }
}

export function positiveLimit(what: string, limit: number): number {
  if (Number.isInteger(limit) && limit >= 1) return limit
  throw new RangeError(`${what} has limit ${limit}; it must be a whole number of at least 1`)
}

/** A time that is none would choose nothing, in silence. */
export function refuseNoTimes(
  what: string,
  { sinceMs, untilMs }: { readonly sinceMs?: number | undefined; readonly untilMs?: number | undefined },
): void {
  for (const [name, ms] of Object.entries({ sinceMs, untilMs })) {
    if (ms !== undefined && Number.isNaN(new Date(ms).getTime()))
      throw new RangeError(`${what} has ${name} ${ms}; it must be a time in milliseconds, as Date.now() gives it`)
  }
}

export function withoutPatterns({ policy, ...run }: RunReport): RunReport {
  if (!policy) return run
  const { content, ...rest } = policy
  return {
    ...run,
    policy: { ...rest, ...(content && { content: content.map(({ name }) => ({ name })) }) } as typeof policy,
  }
}
