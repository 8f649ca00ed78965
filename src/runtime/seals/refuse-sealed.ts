import type { WorkflowHandle } from '@temporalio/client'
import { SEALED } from '../../core/sealing.ts'
import { SealProblem } from '../../store/index.ts'
import { describeUnopened } from '../temporal/describe-known.ts'
import { sentSummary } from '../temporal/static-summary.ts'
import { isSealed } from './codec.ts'

/**
 * For a client without the run's key: what it says would be in the clear in Temporal's history.
 *
 * @throws SealProblem where the run is sealed, or its payloads are encrypted; WorkflowNotFoundError
 */
export async function refuseSealed(workflow: WorkflowHandle): Promise<void> {
  const described = await describeUnopened(workflow)
  const sent = sentSummary(described)
  // What the memo says does not matter: codecs of people's own encrypt it too.
  const hasMemo = described.workflowExecutionInfo?.memo?.fields?.[SEALED] !== undefined
  if (!hasMemo && !(sent && isSealed(sent))) return
  throw new SealProblem(
    'unknown-key',
    `run ${workflow.workflowId} is sealed, and this client has no store with its key; connect it with \`store\`, or set DATABASE_URL to the store that the workers use. Nothing was sent`,
  )
}
