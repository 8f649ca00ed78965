/**
 * The key under which the store has a run.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { Store } from '../../store/index.ts'
import { lookUpRun } from './look-up-run.ts'
import { keyMeant } from './meant-run.ts'

/**
 * The key of the run that a handle names. An id can be used again once its run is forgotten; the key cannot. The server does not tell the
 * key of a child, so that of the child which the id means in this namespace is taken.
 *
 * @throws WorkflowNotFoundError where neither the server nor the store has such a run.
 */
export async function keyOfRun(workflow: WorkflowHandle, reports: Store['reports']): Promise<string> {
  const { described, forgotten } = await lookUpRun({ workflow, storeIfThere: async () => ({ reports }) })
  if (forgotten) return forgotten.key
  const { firstRunId, parentExecution } = described
  return (parentExecution ? undefined : firstRunId) || keyMeant(reports, workflow.workflowId, workflow.client)
}
