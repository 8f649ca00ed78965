/**
 * What to do with a call that would end or sleep at this worker, while an endpoint that refuses its key takes another worker's.
 *
 * @module
 */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { isLeft } from '../../src/core/faults/readiness.ts'
import type { Walk } from './walk.ts'

/** Where one of two workers is let in, one call in a thousand comes to the other one ten times. */
const MOST_TRIES = 10

/** Whoever has room takes it then. */
const SOON = '1s'

/** Fails the try, so that Temporal gives it to a worker anew, perhaps to one with another key. Does nothing where none is known of. */
export function leaveToOtherKey({ ports, activity, state }: Walk): void {
  if (activity.info.attempt >= MOST_TRIES) return
  const { beganAtMs = ports.now() } = state
  const untried = { ...state, tries: {} }
  const refusing = state.candidates.find(
    candidate => isLeft(untried, candidate) && ports.health.takesAnotherKey(candidate.endpoint, beganAtMs),
  )
  if (!refusing) return
  throw ApplicationFailure.create({
    message: `${refusing.endpoint} refuses the key of this worker, and takes another worker's: the call is tried again at that one; start this one with the right key`,
    type: 'signalbox.other-key',
    nextRetryDelay: SOON,
    // The refusal itself is in the log, and an alert: of each call that comes by there would be one more warning with its stack.
    category: ApplicationFailureCategory.BENIGN,
  })
}
