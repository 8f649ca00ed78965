import type { Context } from '@temporalio/activity'
import type { Once } from '../src/core/ports.ts'

/** The same on every try of an activity, and of no other one: not of the same call when it is asked again after a wait. */
export function onceOf({ info: { activityId, workflowExecution } }: Context): Once {
  const part = workflowExecution?.runId
  return { id: `${part ?? ''}/${activityId}`, ...(part !== undefined && { part }) }
}
