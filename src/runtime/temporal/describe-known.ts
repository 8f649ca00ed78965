import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import type proto from '@temporalio/proto'
import { answerUnless, isNotFound, type WorkflowConnection } from './grpc-answer.ts'

/** What is needed of a client or of a worker's own, whichever it is. */
export interface Asking {
  readonly connection: WorkflowConnection
  readonly options: { readonly namespace: string }
}

/** What the server tells of a workflow, with nothing opened that others may have encrypted. */
export type Described = proto.temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse

/**
 * What the server tells of the latest workflow of this id, open or not; `undefined` where it knows none.
 *
 * @param untilMs - By then it has to. @defaultValue in five seconds
 */
export async function describeKnown(
  { connection, options }: Asking,
  workflowId: string,
  untilMs?: number,
): Promise<Described | undefined> {
  const asked = { namespace: options.namespace, execution: { workflowId } }
  const described = answerUnless([], connection, service => service.describeWorkflowExecution(asked), untilMs)
  return described.catch(unlessNotFound)
}

function unlessNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error
}

/**
 * The same for whoever has a handle, in the time that the caller gives. A handle's own `describe` opens the memo, and throws where another
 * program has encrypted it.
 *
 * @throws WorkflowNotFoundError where the server knows none.
 */
export async function describeUnopened({ client, workflowId }: WorkflowHandle): Promise<Described> {
  const asked = { namespace: client.options.namespace, execution: { workflowId } }
  try {
    return await client.workflowService.describeWorkflowExecution(asked)
  } catch (error) {
    if (!isNotFound(error)) throw error
    throw new WorkflowNotFoundError(`there is no run ${workflowId}`, workflowId, undefined)
  }
}
