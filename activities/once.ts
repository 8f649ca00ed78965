import type { Context } from '@temporalio/activity'
import type { Once } from '../src/core/ports.ts'
import { partOf } from './part.ts'

/** The same on every try of an activity, and of no other one: not of the same call when it is asked again after a wait. */
export function onceOf(activity: Context): Once {
  const part = partOf(activity)
  return { id: `${part.part ?? ''}/${activity.info.activityId}`, ...part }
}
