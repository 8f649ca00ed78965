import type { WorkflowHandle } from '@temporalio/client'
import proto from '@temporalio/proto'
import type { Described } from '../../src/runtime/temporal/describe-known.ts'

export const {
  WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING,
  WORKFLOW_EXECUTION_STATUS_COMPLETED: COMPLETED,
  WORKFLOW_EXECUTION_STATUS_TERMINATED: TERMINATED,
} = proto.temporal.api.enums.v1.WorkflowExecutionStatus

/** A client of a server that tells this of each workflow. */
export function describingClient(describe: (workflowId: string) => Promise<Described>): WorkflowHandle['client'] {
  const client = {
    options: { namespace: 'default' },
    connection: {},
    workflowService: {
      describeWorkflowExecution: (asked: { readonly execution: { readonly workflowId: string } }) =>
        describe(asked.execution.workflowId),
    },
    getHandle: (workflowId: string) => ({ workflowId, client }),
  }
  return client as unknown as WorkflowHandle['client']
}
