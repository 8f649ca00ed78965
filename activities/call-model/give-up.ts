/**
 * How a call leaves the lines that it waits in when it comes to its end.
 *
 * @module
 */
import { giveUpStart } from './ask/admission.ts'
import { leaveLine } from './budget/line.ts'
import { endCall } from './end-call.ts'
import type { Walk, Walking } from './walk/walk.ts'

/**
 * Gives up waiting for a start at an endpoint with limits, and for room in a budget. The worker of an earlier try may be alive, and
 * may have come to wait since this one began.
 */
export async function giveUpWaiting(walk: Walk): Promise<void> {
  if (hasEarlierTry(walk)) {
    walk.waiting.hasTicket = true
    walk.waiting.isWritten = true
  }
  await giveUpStart(walk)
  await leaveLine(walk)
}

/** {@link giveUpWaiting} for a call that has no answer: the worker of an earlier try may do nothing for it any more either. */
export async function endUnanswered(walk: Walk): Promise<void> {
  if (!hasEarlierTry(walk)) return giveUpWaiting(walk)
  await endCall(walk.ports, walk.prepared.call)
  walk.waiting.hasTicket = false
  walk.waiting.isWritten = false
  await leaveLine(walk)
}

/** Whether an earlier try or activity may have worked on the call. */
export function hasEarlierTry({ soFar, activity }: Walking | Walk): boolean {
  return soFar !== undefined || activity.info.attempt > 1
}
