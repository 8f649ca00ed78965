import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import type proto from '@temporalio/proto'
import { answerUnless, isNotFound, type WorkflowConnection } from './grpc-answer.ts'

/** A client, or a worker's connection with its namespace. */
export interface Asking {
  readonly connection: WorkflowConnection
  readonly options: { readonly namespace: string }
}

/** The server's description of a workflow. Its memo is as it was sent: others may have encrypted it. */
export type Described = proto.temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse

/**
 * What the server tells of the latest workflow of this id, open or not; `undefined` if it knows none.
 *
 * @param untilMs - The deadline. @defaultValue in five seconds
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
 * {@link describeKnown} by a handle, within the caller's own deadline. The handle's `describe` decodes the memo, and throws if another
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
