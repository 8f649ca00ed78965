/**
 * Says that the store has room again. A small row may find room on a full disk where an answer does not, so no look can tell: only what
 * has failed for lack of room, and is done now.
 *
 * @module
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { StoreProblem } from '../../store/index.ts'

const ROOM_AGAIN = 'the store has room again: what had failed for lack of it is done now'

/** Once each time that it was full, when this worker comes through with an activity that failed here before. */
export function tellRoom(): ActivityInterceptorsFactory {
  const failed = new Set<string>()
  return ({ info, log }) => ({
    inbound: {
      execute: async (input, next) => {
        const activity = `${info.workflowExecution?.runId}/${info.activityId}`
        try {
          const result = await next(input)
          if (failed.has(activity)) {
            failed.clear()
            log.info(ROOM_AGAIN)
          }
          return result
        } catch (error) {
          if (error instanceof StoreProblem && error.kind === 'full') failed.add(activity)
          throw error
        }
      },
    },
  })
}
