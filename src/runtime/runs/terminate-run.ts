/**
 * Ends a run from outside: no worker has to answer for it, and no code of it runs any more.
 *
 * @module
 */
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import { batchesOf } from '../../core/batches.ts'
import type { Store } from '../../store/index.ts'
import { closeTree } from '../ending/close-tree.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { type Described, describeUnopened } from '../temporal/describe-known.ts'

type PendingChild = NonNullable<Described['pendingChildren']>[number]

/** What was terminated, and whether the store has it as ended. */
export interface Terminated {
  /** The ids of the runs that were terminated: that of the run itself first, then those of the runs below it that were open. */
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

/**
 * Terminates a run and the runs below it. Temporal would only ask these to cancel themselves, for which their code would have to run.
 * Children that a workflow has started otherwise are left to the policy that it gave them.
 *
 * @returns their ids.
 * @throws WorkflowNotFoundError if the run has ended, or there is none.
 */
export async function terminateTree(workflow: WorkflowHandle): Promise<readonly string[]> {
  const { client, workflowId } = workflow
  await workflow.terminate(REASON)
  const { pendingChildren } = await describeUnopened(workflow)
  const ended = [workflowId]
  const below = (pendingChildren ?? []).filter(child => child.workflowId?.startsWith(`${workflowId}/`))
  for (const batch of batchesOf(below, TERMINATED_AT_ONCE)) {
    const theirs = await Promise.all(batch.map(child => terminateTree(handleOf(client, child)).catch(noneIfEnded)))
    ended.push(...theirs.flat())
  }
  return ended
}

function handleOf(client: WorkflowHandle['client'], { workflowId, runId }: PendingChild): WorkflowHandle {
  return client.getHandle(workflowId ?? '', undefined, { ...(runId && { firstExecutionRunId: runId }) })
}

function noneIfEnded(error: unknown): readonly string[] {
  if (!(error instanceof WorkflowNotFoundError)) throw error
  return []
}

/** Ends the terminated run and those below it in the store. Gives whether that has their ends. */
export function recordTerminated(
  workflow: WorkflowHandle,
  storeIfThere: () => Promise<Store | undefined>,
): Promise<boolean> {
  const record = async () => {
    const store = await storeIfThere()
    if (!store) return false
    return closeTree(workflow.client, store, await keyOfRun(workflow, store.reports))
  }
  return unlessStoreFails(record(), false)
}
