import type { Client } from '@temporalio/client'

/** One event of a workflow's history, as far as tests look. */
export interface HistoryEvent {
  readonly type: string
  readonly summary?: string
  readonly activity?: string
}

type RawEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number]

/** The events of a run, with the summaries that a person sees in the Temporal UI. */
export async function historyOf(client: Client, workflowId: string): Promise<readonly HistoryEvent[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  return (events ?? []).map(event => ({
    type: typeOf(event),
    ...(event.userMetadata?.summary && { summary: textOf(event.userMetadata.summary.data) }),
    ...(event.activityTaskScheduledEventAttributes?.activityType?.name && {
      activity: event.activityTaskScheduledEventAttributes.activityType.name,
    }),
  }))
}

/** All of a run's history, its payloads among the rest as they are. */
export async function historyText(client: Client, workflowId: string): Promise<string> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  return JSON.stringify(events).replace(/"data":"([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  )
}

function typeOf(event: RawEvent): string {
  const key = Object.keys(event).find(name => name.endsWith('EventAttributes') && event[name as keyof RawEvent] != null)
  return (key ?? 'unknown').replace('EventAttributes', '')
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return String(JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array())))
}
