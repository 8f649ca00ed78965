import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'

const { ResetReapplyExcludeType } = proto.temporal.api.enums.v1

/** A place to which a part of a run can be reset. */
export interface ResetPoint {
  readonly part: string
  readonly eventId: number
}

/** Every end of a workflow task of one part, oldest first; the last part where none is named. */
export async function resetPoints(client: Client, workflowId: string, part?: string): Promise<readonly ResetPoint[]> {
  const handle = client.workflow.getHandle(workflowId, part)
  const { runId } = part === undefined ? await handle.describe() : { runId: part }
  const { events } = await handle.fetchHistory()
  return (events ?? [])
    .filter(event => event.workflowTaskCompletedEventAttributes != null)
    .map(event => ({ part: runId, eventId: Number(event.eventId) }))
}

/**
 * What `temporal workflow reset` does. `forget`: signals and updates that came later are not given to the run again.
 */
export async function resetTo(
  client: Client,
  workflowId: string,
  { part, eventId }: ResetPoint,
  forget: 'nothing' | 'what came later' = 'nothing',
): Promise<void> {
  const { RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL: signals, RESET_REAPPLY_EXCLUDE_TYPE_UPDATE: updates } =
    ResetReapplyExcludeType
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId: part },
    reason: 'a test',
    workflowTaskFinishEventId: eventId as never,
    requestId: randomUUID(),
    ...(forget === 'what came later' && { resetReapplyExcludeTypes: [signals, updates] }),
  })
}

/** The workflow executions that a run is made of, oldest first. */
export async function partsOf(client: Client, workflowId: string): Promise<readonly string[]> {
  const parts = []
  for await (const part of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) parts.push(part)
  return parts.toSorted((a, b) => a.startTime.getTime() - b.startTime.getTime()).map(part => part.runId)
}
