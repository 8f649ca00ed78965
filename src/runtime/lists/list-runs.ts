/**
 * The runs of a store, as clients and the command line list them.
 *
 * @module
 */
import { batchesOf } from '../../core/batches.ts'
import { definedOnly } from '../../core/defined-only.ts'
import { groupBy } from '../../core/group-by.ts'
import { costUsd } from '../../core/money/cost.ts'
import type { RunFilter, RunReport } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { standingIn, WAITING_KINDS, waitingIn } from '../events/run-standing.ts'
import type { Records } from '../store/records.ts'
import { MOST_LISTED, positiveLimit, RUN, requireLabel, requirePlace, requireTimes } from './list-bounds.ts'

/** Filters; all optional. */
export interface RunsQuery extends Omit<RunFilter, 'asked' | 'ids'> {}

/** A run with what it has cost itself; a child is a run of its own. */
export interface ListedRun extends RunReport {
  /** The upper bound of `cost` as a decimal string in USD. */
  readonly costUsd: string
  /**
   * What it waits for if it is open: people, a larger budget, a vendor. As far as its last hundred events tell, so that no worker is asked;
   * a reset takes back what was asked, and has no event.
   */
  readonly waitingFor?: string
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
  { reports, events }: Pick<Records, 'reports' | 'events'>,
  query: RunsQuery,
): Promise<{ readonly runs: readonly ListedRun[]; readonly more: boolean }> {
  refuseUnknown('the list of runs', query, RUNS_KEYS)
  requireTimes('the list of runs', query)
  requirePlace('the list of runs', query.after, RUN)
  requireLabel('the list of runs', query.label)
  const { limit: most = MOST_LISTED, ...filter } = query
  const limit = positiveLimit('the list of runs', most)
  const found = await reports.runs({ ...filter, limit: limit + 1 })
  const page = found.slice(0, limit)
  const waits = await waitsOf(events, page)
  const runs = page.map(run => ({
    ...withoutPatterns(run),
    costUsd: costUsd(run.cost),
    ...definedOnly({ waitingFor: waits.get(run.key) }),
  }))
  return { runs, more: found.length > limit }
}

const EVENTS_READ = 100

/** Only what they wait for is kept of one batch when the next one is read. */
const RUNS_AT_ONCE = 500

/** What those of the runs wait for that are open, by their keys. */
async function waitsOf(
  events: Records['events'],
  runs: readonly RunReport[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const waits = new Map<string, string | undefined>()
  const open = runs.filter(({ endedAtMs }) => endedAtMs === undefined).map(({ key }) => key)
  for (const keys of batchesOf(open, RUNS_AT_ONCE)) {
    const last = await events.readLast(keys, EVENTS_READ, WAITING_KINDS)
    for (const [key, its] of groupBy(last, ({ key }) => key))
      waits.set(key, waitingIn(standingIn(its.map(({ event }) => event))))
  }
  return waits
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
