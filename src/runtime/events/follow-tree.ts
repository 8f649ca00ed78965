/**
 * Follows the events of a run and of all runs below it in the store.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { RunOfTree, Store } from '../../store/index.ts'
import { isEarlierChild, ownNamespace } from '../finding/meant-run.ts'
import { isOverThere, keyOnceTold, statusOf } from './follow-events.ts'
import { createTreeReader, type TreeEvent, type TreePosition } from './tree-events.ts'
import { untilOver } from './until-over.ts'

export interface FollowingTree {
  readonly workflow: WorkflowHandle
  readonly store: () => Promise<Store>
  readonly after: Readonly<TreePosition>
  /** Aborted: nothing more is read. */
  readonly signal?: AbortSignal
}

/**
 * Yields what happens until the run and all runs below it have ended, as {@link followEvents} does for one run. However many runs
 * there are, each look asks the store once how far they are, and then for what is new.
 *
 * @throws StoreProblem and WorkflowNotFoundError, as {@link followEvents} does.
 */
export async function* followTree({ workflow, store, after, signal }: FollowingTree): AsyncGenerator<TreeEvent> {
  const { events, reports, place } = await store()
  const key = await keyOnceTold(workflow, reports, signal)
  if (key === undefined) return
  const { look, runs } = createTreeReader({ events, reports }, key, after)
  const hasEnded = () => runs().length > 0 && runs().every(run => run.hasEnded)
  const isAnyOpen = createIsAnyOpen(run => isOpen(workflow.client.getHandle(run.id), reports, run))
  const isOver = async () =>
    (await isOverThere({ workflow, reports, place, key }, hasEnded())) &&
    !(await isAnyOpen(runs().filter(run => run.key !== key && !run.hasEnded)))
  const pauseMs = () => (1_000 * runs().length) / RUNS_A_SECOND
  yield* untilOver({ look, hasEnded, isOver, pauseMs, signal })
}

/**
 * How many runs a reader asks the store about in a second. With more than 600 runs the looks become rarer, so that one reader
 * does not load the store.
 */
const RUNS_A_SECOND = 10_000

/**
 * Asks whether any of the runs that the store has open really is. A terminated run wrote no end, and has none until it is
 * reconciled. The runs are asked one after another until an open one is found, and that one is asked first the next time.
 */
function createIsAnyOpen(isOpen: (run: RunOfTree) => Promise<boolean>) {
  let lastFound: string | undefined
  return async (runs: readonly RunOfTree[]): Promise<boolean> => {
    for (const run of runs.toSorted((a, b) => Number(b.key === lastFound) - Number(a.key === lastFound))) {
      if (!(await isOpen(run))) continue
      lastFound = run.key
      return true
    }
    return false
  }
}

/** Whether a run is open. While the server is away, the store decides. */
async function isOpen(workflow: WorkflowHandle, reports: Store['reports'], run: RunOfTree): Promise<boolean> {
  const status = await statusOf(workflow, run.key)
  if (status !== undefined && status !== 'RUNNING') return false
  return !(await isEarlierChild(reports, run, () => ownNamespace(workflow.client)))
}
