/**
 * Reads a run's events without waiting for more.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { RunEvent } from '../../core/events.ts'
import type { Store } from '../../store/index.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { keyMeant } from '../finding/meant-run.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { isOverThere } from './follow-events.ts'
import { recordedEvents } from './recorded-events.ts'

/**
 * What has happened so far, and the run's key; also while the Temporal server is away. Nothing, of a run that no worker has opened yet, and
 * of one whose content was purged.
 *
 * @throws WorkflowNotFoundError if there is no such run; StoreProblem where a worker has opened it and the store does not have it.
 */
export async function eventsSoFar(
  workflow: WorkflowHandle,
  { events, reports, place }: Pick<Store, 'events' | 'reports' | 'place'>,
): Promise<{ readonly key: string; readonly events: readonly RunEvent[] }> {
  const key = await keyOfRun(workflow, reports).catch(error => {
    if (!grpcAnswer(error)) throw error
    return keyMeant(reports, workflow.workflowId, workflow.client)
  })
  const all: RunEvent[] = []
  for await (const event of recordedEvents(events, key)) all.push(event)
  if (all.length === 0) await isOverThere({ workflow, reports, place, key }, false)
  return { key, events: all }
}
