/**
 * Asks the Temporal server whether a run is still open.
 *
 * @module
 */
import proto from '@temporalio/proto'
import type { FoundEnd } from '../../core/ports.ts'
import { OUTCOME_KINDS, type OutcomeKind, type RunRef } from '../../core/protocol.ts'
import { answerUnless, GRPC, type WorkflowConnection } from './grpc-answer.ts'
import { isOfRun } from './is-of-run.ts'

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1

/** A workflow, as the server tells of it. */
export type Execution = proto.temporal.api.workflow.v1.IWorkflowExecutionInfo

type Status = Execution['status']

const OUTCOME_ATTRIBUTE = 'SignalboxOutcome'

const WORDS: Readonly<Record<number, string>> = {
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'the run completed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED]: 'the run failed',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'the run was cancelled',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'the run was terminated',
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'the run timed out',
}

/** `undefined` while it is open, in whichever part. */
export function statusWords(status: Status): string | undefined {
  return WORDS[status ?? 0]
}

/** How a run ended that is open in the store; `undefined` while it is open, in whichever part. */
export async function howEnded(
  connection: WorkflowConnection,
  namespace: string,
  { id, key }: Pick<RunRef, 'id' | 'key'>,
): Promise<FoundEnd | undefined> {
  const asked = { namespace, execution: { workflowId: id } }
  const described = await answerUnless([GRPC.notFound], connection, service => service.describeWorkflowExecution(asked))
  // Its retention time is over, or the server lost its database.
  if (!described) return { reason: 'the Temporal server no longer has the run' }
  const execution = described.workflowExecutionInfo ?? {}
  const { firstRunId } = execution
  if (firstRunId && !isOfRun(firstRunId, key)) return { reason: 'the run ended, and its id was used again' }
  return foundEnd(execution)
}

/** {@link howEnded}, by what the server has told of the run. */
export function foundEnd({ status, execution: last, searchAttributes }: Execution): FoundEnd | undefined {
  const outcome = isOwnEnd(status) ? outcomeIn(searchAttributes?.indexedFields?.[OUTCOME_ATTRIBUTE]) : undefined
  const reason = outcome ? statusWords(status) : unclosedWords(status)
  if (reason === undefined) return undefined
  return { reason, ...(outcome && { outcome }), ...(last?.runId && { part: last.runId }) }
}

/** A run that completes has written its end before, with its outcome, unless its workflow never closed it. */
function unclosedWords(status: Status): string | undefined {
  const words = statusWords(status)
  return status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
    ? `${words} without \`return run.close(…)\``
    : words
}

/** Whether the workflow has ended by itself: a part that was terminated from outside may have the outcome of an earlier one. */
function isOwnEnd(status: Status): boolean {
  return OWN_ENDS.has(status ?? 0)
}

const OWN_ENDS: ReadonlySet<number> = new Set([
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED,
  WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED,
])

/** A run says so as it ends, where the namespace has the search attribute. */
function outcomeIn(payload: { readonly data?: Uint8Array | null } | undefined): OutcomeKind | undefined {
  const text = Buffer.from(payload?.data ?? []).toString()
  return OUTCOME_KINDS.find(kind => JSON.stringify(kind) === text)
}
