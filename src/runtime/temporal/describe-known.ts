import type { Client } from '@temporalio/client'
import type proto from '@temporalio/proto'
import { answersWith, GRPC } from './grpc-answer.ts'

/** What the server tells of a workflow, with nothing opened that others may have encrypted. */
export type Described = proto.temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse

/** What the server tells of the latest workflow of this id, open or not; `undefined` where it knows none. */
export async function describeKnown(client: Client, workflowId: string): Promise<Described | undefined> {
  const asked = { namespace: client.options.namespace, execution: { workflowId } }
  try {
    return await client.workflowService.describeWorkflowExecution(asked)
  } catch (error) {
    if (answersWith(error, [GRPC.notFound])) return undefined
    throw error
  }
}
