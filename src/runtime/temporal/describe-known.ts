import type proto from '@temporalio/proto'
import { answerUnless, GRPC, type WorkflowConnection } from './grpc-answer.ts'

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
  return answerUnless([GRPC.notFound], connection, service => service.describeWorkflowExecution(asked), untilMs)
}
