/**
 * Ends a run from outside: no worker has to answer for it, and no code of it runs any more.
 *
 * @module
 */
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import { batchesOf } from '../../core/batches.ts'
import type { Store } from '../../store/index.ts'
import { closeTree } from '../ending/close-tree.ts'
import { howEndedIn } from '../ending/how-ended-in.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { type Described, describeUnopened } from '../temporal/describe-known.ts'
import { RunEnded, unlessEnded } from './run-ended.ts'

type PendingChild = NonNullable<Described['pendingChildren']>[number]

/** What was terminated, and whether the store has it as ended. */
export interface Terminated {
  /**
   * The ids of the runs that were terminated: that of the run itself first, unless it had ended before, then those of the runs below it that
   * were open.
   */
  readonly runs: readonly string[]
  /**
   * Whether their ends are in the store. If not, workers find and record them within minutes. So it is where something is in a vendor's batch,
   * because only workers can withdraw that.
   */
  readonly recorded: boolean
}

/** The server takes a few milliseconds for one, and a tree may have thousands. */
const TERMINATED_AT_ONCE = 16

/** What the Temporal UI says of it. */
const REASON = 'terminated through Signalbox'

interface Terminating {
  readonly workflow: WorkflowHandle
  /** `undefined`: this client has none. */
  readonly storeIfThere: () => Promise<Store | undefined>
}

/**
 * Terminates a run and the runs below it, and ends them in the store. A run that has ended is no error while there are open ones below it: if
 * Temporal has ended it, those wait for a worker to tell them.
 *
 * @throws RunEnded if it has ended, with all below it; WorkflowNotFoundError if there is none.
 */
export async function terminateRun({ workflow, storeIfThere }: Terminating): Promise<Terminated> {
  const terminating = unlessEnded({ workflow, storeIfThere }, 'terminated', () => terminateTree(workflow))
  const own = await terminating.catch(error => {
    if (error instanceof RunEnded) return error
    throw error
  })
  const runs = own instanceof RunEnded ? [] : [...own]
  const record = async (): Promise<boolean> => {
    const store = await storeIfThere()
    if (!store) return false
    const key = await keyOfRun(workflow, store.reports)
    runs.push(...(await terminateLeft(workflow, store, key, runs)))
    return closeTree(workflow.client, store, key)
  }
  const recorded = await unlessStoreFails(record(), false)
  if (own instanceof RunEnded && runs.length === 0) throw own
  return { runs, recorded }
}

/**
 * Terminates a run and the runs below it. Temporal would only ask these to cancel themselves, for which their code would have to run.
 * Children that a workflow has started otherwise are left to the policy that it gave them.
 *
 * @returns their ids.
 * @throws WorkflowNotFoundError if the run has ended, or there is none.
 */
async function terminateTree(workflow: WorkflowHandle): Promise<readonly string[]> {
  const { client, workflowId } = workflow
  await workflow.terminate(REASON)
  const { pendingChildren } = await describeUnopened(workflow)
  const below = (pendingChildren ?? []).filter(child => child.workflowId?.startsWith(`${workflowId}/`))
  return [workflowId, ...(await terminateEach(below.map(child => handleOf(client, child))))]
}

function handleOf(client: WorkflowHandle['client'], { workflowId, runId }: PendingChild): WorkflowHandle {
  return client.getHandle(workflowId ?? '', undefined, { ...(runId && { firstExecutionRunId: runId }) })
}

/** Those below a run that had ended before, which no longer tells of them; the highest first. */
async function terminateLeft(
  { client }: WorkflowHandle,
  store: Store,
  runKey: string,
  terminated: readonly string[],
): Promise<readonly string[]> {
  const gone = new Set(terminated)
  const below = (await store.reports.openBelow(runKey)).filter(({ id }) => !gone.has(id))
  const seen = await Promise.all(below.map(({ key }) => store.ledger.seen({ key })))
  const howEnded = howEndedIn(store, client)
  const left: WorkflowHandle[] = []
  for (const run of seen) if (run && !(await howEnded(run))) left.push(client.getHandle(run.id))
  return terminateEach(left)
}

async function terminateEach(runs: readonly WorkflowHandle[]): Promise<readonly string[]> {
  const ended: string[] = []
  for (const batch of batchesOf(runs, TERMINATED_AT_ONCE)) {
    const theirs = await Promise.all(batch.map(run => terminateTree(run).catch(noneIfEnded)))
    ended.push(...theirs.flat())
  }
  return ended
}

function noneIfEnded(error: unknown): readonly string[] {
  if (!(error instanceof WorkflowNotFoundError)) throw error
  return []
}
