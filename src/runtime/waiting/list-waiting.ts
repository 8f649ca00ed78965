/**
 * What waits for people, as clients and the command line list it.
 *
 * @module
 */
import type { RunFilter, RunReport } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { MOST_LISTED, positiveLimit, refuseNoTimes } from '../lists/list-bounds.ts'
import { type OpenRuns, type UnaskedRun, type WaitingFor, waitingRuns } from './waiting-runs.ts'

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
export interface WaitingList {
  /** Newest run first. */
  readonly waiting: readonly ListedWait[]
  /** Open runs that may be waiting too, and why they could not be asked. */
  readonly unasked: readonly UnaskedRun[]
  /** More runs than the limit are waiting. */
  readonly more: boolean
  /**
   * If present, more workflows are open here than are searched: a run that had ended and was reset before this time may be waiting without
   * being listed.
   */
  readonly resetSinceMs?: number
}

const KEYS: KeysOf<WaitingQuery> = { workspace: true, label: true, sinceMs: true, untilMs: true, limit: true }

/** Each run is asked itself: a worker has to answer. */
export async function listWaiting(open: OpenRuns, query: WaitingQuery): Promise<WaitingList> {
  const what = 'the list of what waits'
  refuseUnknown(what, query, KEYS)
  refuseNoTimes(what, query)
  const { limit = MOST_LISTED, ...filter } = query
  const { waiting, ...rest } = await waitingRuns(open, { ...filter, limit: positiveLimit(what, limit) })
  return { waiting: waiting.flatMap(({ report, waits }) => waits.map(wait => listedWait(report, wait))), ...rest }
}

function listedWait({ id, ...report }: RunReport, wait: WaitingFor): ListedWait {
  const { workflow, workspace, labels, startedAtMs, budget } = report
  return { run: id, workflow, workspace, labels, startedAtMs, budget, ...wait }
}
