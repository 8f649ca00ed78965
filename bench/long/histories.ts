/**
 * The histories of a run, part by part, as the server keeps them.
 *
 * @module
 */
import type { Client, WorkflowHandle } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { CallModelInput } from '../../src/core/protocol.ts'

export interface Part {
  readonly bytes: number
  readonly events: number
  /** The history as the SDK's replay takes it. */
  readonly json: string
  /** What the last model call of the part was given. */
  readonly lastCall?: CallModelInput
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>
type Event = NonNullable<History['events']>[number]

/** From the first part on, each names the next where it continues as new. */
export async function partsOf(client: Client, workflowId: string): Promise<readonly Part[]> {
  const parts: Part[] = []
  let runId: string | undefined = await firstRunOf(client, workflowId)
  while (runId) {
    const handle: WorkflowHandle = client.workflow.getHandle(workflowId, runId)
    const history: History = await handle.fetchHistory()
    const events: readonly Event[] = history.events ?? []
    const lastCall = events.findLast(isModelCall)
    parts.push({
      bytes: await sizeOf(client, workflowId, runId),
      events: events.length,
      json: historyToJSON(history),
      ...(lastCall && { lastCall: inputOf(lastCall) }),
    })
    runId = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined
  }
  return parts
}

async function firstRunOf(client: Client, workflowId: string): Promise<string> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory()
  return events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? ''
}

/** As the server counts against its limits. */
export async function sizeOf(client: Client, workflowId: string, runId?: string): Promise<number> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe()
  return Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0)
}

function isModelCall(event: Event): boolean {
  return event.activityTaskScheduledEventAttributes?.activityType?.name === 'callModel'
}

function inputOf(event: Event): CallModelInput {
  const payload = event.activityTaskScheduledEventAttributes?.input?.payloads?.[0]?.data
  return JSON.parse(new TextDecoder().decode(payload ?? new Uint8Array())) as CallModelInput
}
