import type { Client } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent

/**
 * The events with which a workflow's history begins, in their order.
 *
 * @param most - At most so many; a page of the server's has no more than a thousand.
 */
export async function firstEvents(
  { workflowService, options }: Client,
  execution: temporal.api.common.v1.IWorkflowExecution,
  most: number,
): Promise<readonly HistoryEvent[]> {
  const { namespace } = options
  const { history } = await workflowService.getWorkflowExecutionHistory({ namespace, execution, maximumPageSize: most })
  return history?.events ?? []
}
