import type { Client } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import { firstEvents } from './first-events.ts'

/** What a history begins with: as it lies at the server, whatever a codec has made of it. */
export interface StartedWith {
  /** The brief. */
  readonly payload: temporal.api.common.v1.IPayload | undefined
  /** A later part of a run, whose brief has an input of its own. */
  readonly isContinued: boolean
  readonly taskQueue: string | undefined
}

/** @returns `undefined` where the history has no event. */
export async function startedWith(
  client: Client,
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<StartedWith | undefined> {
  const [first] = await firstEvents(client, execution, 1)
  if (!first) return undefined
  const { input, continuedExecutionRunId, taskQueue } = first.workflowExecutionStartedEventAttributes ?? {}
  return {
    payload: input?.payloads?.[0],
    isContinued: Boolean(continuedExecutionRunId),
    taskQueue: taskQueue?.name ?? undefined,
  }
}
