/**
 * Restores the state of a call that was begun before, from its attempts in the ledger.
 *
 * @module
 */
import type { AttemptRecord } from '../ports.ts'
import { BATCH_EXPIRED } from '../vendor-batch.ts'
import { endedHandedOver, isInBatch } from './attempt-end.ts'
import { readReason } from './attempt-reason.ts'
import { type AttemptLoss, type CallState, type Mend, type NewCallState, outrun, startCall } from './call-state.ts'
import { recordLoss } from './record-loss.ts'

/** What a call needs of a ledger row to continue. */
export type PastAttempt = Pick<AttemptRecord, 'endpoint' | 'outcome' | 'fault' | 'startedAtMs' | 'endedAtMs'> &
  Partial<Pick<AttemptRecord, 'reason' | 'batch'>> & {
    /** What can be done now, if its answer had the wrong shape. */
    readonly mend?: Mend
  }

/**
 * The state of a call that was begun before, perhaps by a worker that is gone: its attempts, applied to the candidates of the new plan.
 * After an abandoned attempt its endpoint may be asked once more.
 */
export function resumeState(call: NewCallState, attempts: readonly PastAttempt[]): CallState {
  const state = attempts.reduce((before, attempt) => {
    if (attempt.outcome === 'outrun') return outrun(before, attempt.endpoint)
    const loss = lossOf(attempt)
    if (!loss) return before
    const next = recordLoss(before, loss, attempt.endedAtMs ?? attempt.startedAtMs)
    return isOfOneWorker(before, attempt) ? { ...next, tries: before.tries } : next
  }, startCall(call))
  const repaired = attempts.some(({ reason = '' }) => readReason(reason).special === 'repair')
  return withoutHeld(repaired ? { ...state, repaired } : state)
}

/** A rejected key counts only for the worker that has it: the worker that continues the call may have another key. */
function isOfOneWorker({ outlastKeysMs = 0 }: CallState, { fault }: PastAttempt): boolean {
  return fault?.kind === 'unauthenticated' && outlastKeysMs === 0
}

/** A truncated answer that was not committed was lost with its worker. */
function withoutHeld({ held: _, over, ...state }: CallState): CallState {
  return over === 'abandon' ? { ...state, over } : state
}

function lossOf({ outcome, endpoint, fault, mend, batch }: PastAttempt): AttemptLoss | undefined {
  // One that waits in its batch, or was not answered there in time, is held against nobody.
  if (isInBatch({ outcome, batch }) || fault?.evidence.code === BATCH_EXPIRED) return undefined
  if (endedHandedOver({ outcome, fault: fault?.kind })) return { kind: 'handed-over', endpoint }
  if (outcome === 'abandoned' || outcome === 'open') return { kind: 'abandoned', endpoint }
  return fault && { kind: 'fault', endpoint, fault, canGrow: true, ...(mend && { mend }) }
}
