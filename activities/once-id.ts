import type { Context } from '@temporalio/activity'

/** The same on every try of an activity, and of no other one: not of the same call when it is asked again after a wait. */
export function onceIdOf({ info: { activityId, workflowExecution } }: Context): string {
  return `${workflowExecution?.runId ?? ''}/${activityId}`
}
