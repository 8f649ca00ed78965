/**
 * What a run asks people, also while they know of a question that the run does not know yet: the store has an approval before the workflow
 * hears of the call that wants it, and long before if the worker was lost in between.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { PendingApproval, RunState } from '../../core/protocol.ts'
import type { DatedApproval } from '../events/run-standing.ts'
import { WORKER_REPLACED_MS } from './once-asked.ts'

/** A run hears of its call, or the store of a decision, in less than this unless a worker was lost. */
const HEARD_WITHIN_MS = 5_000

const LOOK_AGAIN_MS = 50

/**
 * The run's state once it agrees with the store on what is asked. If they do not agree in time, as while a lost worker is replaced, what
 * only the store has is pending too: a decision on it waits until the run has heard of it.
 *
 * @param onRecord - What is asked, by the store.
 */
export async function stateOnceHeard(
  state: () => Promise<RunState>,
  onRecord: () => Promise<readonly DatedApproval[]>,
): Promise<RunState> {
  const beganMs = Date.now()
  for (let pauseMs = LOOK_AGAIN_MS; ; pauseMs *= 2) {
    const said = await state()
    const unheard = (await onRecord()).filter(ask => isUnheard(ask, said))
    if (unheard.length === 0) return said
    if (Date.now() - beganMs >= HEARD_WITHIN_MS) return withAsks(said, unheard)
    await delay(pauseMs)
  }
}

/**
 * Whether the run may not have heard of it yet, or the store not yet of its decision. What the run does not know for longer, or has not
 * come to, was taken back by a reset.
 */
function isUnheard(ask: DatedApproval, { status, step, pending }: RunState): boolean {
  if (status === 'stopping' || status === 'cancelled' || status === 'closed') return false
  if (ask.step > step || Date.now() - ask.sinceMs > WORKER_REPLACED_MS) return false
  return !pending.some(known => known.toolCallId === ask.toolCallId && known.step === ask.step)
}

function withAsks(state: RunState, unheard: readonly DatedApproval[]): RunState {
  const asks = unheard.map(({ sinceMs: _, jsonSchema: __, ...ask }): PendingApproval => ask)
  return { ...state, status: 'waiting-for-approval', pending: [...state.pending, ...asks] }
}
