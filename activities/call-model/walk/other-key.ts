/**
 * What to do with a call that would end or sleep at this worker, while an endpoint that refuses its key takes another worker's, or may
 * take it.
 *
 * @module
 */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { isLeft } from '../../../src/core/faults/readiness.ts'
import { remember } from '../../../src/core/remember.ts'
import { onceOf } from '../../once.ts'
import type { Walk } from './walk.ts'

/** With two workers, of which one has a good key, only one call in a thousand comes to the other one ten times in a row. */
const MOST_TRIES = 10

/** Another worker soon takes most of these calls, and this worker does not hear of that, so the oldest are forgotten. */
const MOST_KNOWN = 10_000

/** After this pause, any worker that has room may take the call. */
const SOON = '1s'

/** Fails the try, so that Temporal gives it to a worker anew, perhaps to one with another key. Does nothing where there can be none. */
export async function leaveToOtherKey(walk: Walk): Promise<void> {
  const { leftCalls } = walk.ports
  const { id } = onceOf(walk.activity)
  const tries = (leftCalls.get(id) ?? 0) + 1
  leftCalls.delete(id)
  const left = tries < MOST_TRIES && (await leftTo(walk))
  if (!left) return
  remember(leftCalls, id, tries, MOST_KNOWN)
  throw ApplicationFailure.create({
    message: `${left.endpoint} refuses the key of this worker, and ${left.takes}; start this one with the right key`,
    type: 'signalbox.other-key',
    nextRetryDelay: SOON,
    // The refusal is in the log and an alert already: otherwise every call that comes by would add a warning with its stack.
    category: ApplicationFailureCategory.BENIGN,
  })
}

interface Left {
  readonly endpoint: string
  readonly takes: string
}

/** An endpoint that takes another worker's key, or else one that may, where there are other workers. */
async function leftTo({ ports, state }: Walk): Promise<Left | undefined> {
  const { beganAtMs = ports.now() } = state
  const untried = { ...state, tries: {} }
  const candidates = state.candidates.filter(candidate => isLeft(untried, candidate))
  const find = (takes: boolean | undefined) =>
    candidates.find(({ endpoint }) => ports.health.takesAnotherKey(endpoint, beganAtMs) === takes)
  const taken = find(true)
  if (taken) return { ...taken, takes: "accepts another worker's: the call is retried at that one" }
  const unknown = find(undefined)
  if (!unknown || !(await ports.othersServe())) return undefined
  return { ...unknown, takes: "may accept another worker's: the call is retried until one is found" }
}
