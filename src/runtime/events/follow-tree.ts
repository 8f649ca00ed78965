/**
 * Follows the events of a run and of all runs below it in the store.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { RunOfTree, Store } from '../../store/index.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { isEarlierChild, ownNamespace } from '../finding/meant-run.ts'
import { isOverThere, statusOf } from './follow-events.ts'
import { createTreeReader, type TreeEvent, type TreePosition } from './tree-events.ts'
import { untilOver } from './until-over.ts'

export interface FollowingTree {
  readonly workflow: WorkflowHandle
  readonly store: () => Promise<Store>
  readonly after: Readonly<TreePosition>
  /** Aborted: nothing more is read. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Yields what happens until the run and all below it have ended, as {@link followEvents} does of one. However many runs there are, a look
 * asks the store once how far they are, and then for what is new.
 *
 * @throws StoreProblem and WorkflowNotFoundError as that does.
 */
export async function* followTree({ workflow, store, after, signal }: FollowingTree): AsyncGenerator<TreeEvent> {
  const { events, reports, place } = await store()
  const key = await keyOfRun(workflow, reports)
  const { look, runs } = createTreeReader({ events, reports }, key, after)
  const hasEnded = () => runs().length > 0 && runs().every(run => run.hasEnded)
  const isAnyOpen = createIsAnyOpen(run => isOpen(workflow.client.getHandle(run.id), reports, run))
  const isOver = async () =>
    (await isOverThere({ workflow, reports, place, key }, hasEnded())) &&
    !(await isAnyOpen(runs().filter(run => run.key !== key && !run.hasEnded)))
  const pauseMs = () => (1_000 * runs().length) / RUNS_A_SECOND
  yield* untilOver({ look, hasEnded, isOver, pauseMs, signal })
}

/** Of which a reader asks how far they are: with more than 600 of them looks become rarer, so that one reader is no load for a store. */
const RUNS_A_SECOND = 10_000

/**
 * Of runs that the store has open: those that were terminated wrote no end, and have one only once they are reconciled. One after the
 * other, until one is found, which is the first to be asked the next time.
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

/** While the server is away, as the store has it. */
async function isOpen(workflow: WorkflowHandle, reports: Store['reports'], run: RunOfTree): Promise<boolean> {
  const status = await statusOf(workflow, run.key)
  if (status !== undefined && status !== 'RUNNING') return false
  return !(await isEarlierChild(reports, run, () => ownNamespace(workflow.client)))
}
