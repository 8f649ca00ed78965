/**
 * What waits for people, as clients and the command line list it.
 *
 * @module
 */
import type { RunFilter, RunReport } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { MOST_LISTED, positiveLimit, requireLabel, requireTimes } from '../lists/list-bounds.ts'
import { type OpenRuns, type WaitingFor, type WaitingRuns, waitingRuns } from './waiting-runs.ts'

/** Filters; all optional. */
export interface WaitingQuery extends Omit<RunFilter, 'outcomes' | 'asked' | 'ids' | 'after'> {}

/**
 * Something that a run waits for. With `for: 'approval'`, answer it with `run(…).approve`, `deny` or `answer` and its `toolCallId`; with
 * `for: 'raise'`, with `run(…).raiseBudget`, for the limits in its `budget`.
 */
export type ListedWait = WaitingFor &
  Pick<RunReport, 'workflow' | 'workspace' | 'labels' | 'startedAtMs' | 'budget'> & {
    /** The run's id. */
    readonly run: string
  }

/** What waits for people, as far as it was found. */
export interface WaitingList extends Omit<WaitingRuns, 'waiting'> {
  /** Newest run first. */
  readonly waiting: readonly ListedWait[]
}

const KEYS: KeysOf<WaitingQuery> = { workspace: true, label: true, sinceMs: true, untilMs: true, limit: true }

/** Each run is asked itself: a worker has to answer. */
export async function listWaiting(open: OpenRuns, query: WaitingQuery): Promise<WaitingList> {
  const what = 'the list of what waits'
  refuseUnknown(what, query, KEYS)
  requireTimes(what, query)
  requireLabel(what, query.label)
  const { limit = MOST_LISTED, ...filter } = query
  const { waiting, ...rest } = await waitingRuns(open, { ...filter, limit: positiveLimit(what, limit) })
  return { waiting: waiting.flatMap(({ report, waits }) => waits.map(wait => listedWait(report, wait))), ...rest }
}

function listedWait({ id, ...report }: RunReport, wait: WaitingFor): ListedWait {
  const { workflow, workspace, labels, startedAtMs, budget } = report
  return { run: id, workflow, workspace, labels, startedAtMs, budget, ...wait }
}
