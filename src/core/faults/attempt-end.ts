/**
 * How an attempt without an answer has ended.
 *
 * @module
 */
import type { AttemptOutcome } from '../protocol.ts'
import type { FaultKind } from './fault.ts'

/** The type of the failure with which an activity is left to other workers, because its own was told to end. */
export const HANDED_OVER = 'signalbox.handed-over'

/** Its end, as a ledger row, an event or a summary has it. */
export interface Ended {
  readonly outcome: AttemptOutcome | 'open'
  readonly fault?: FaultKind | undefined
}

/**
 * Whether its worker was told to end, and has cut it in order. Only a worker that lives can note that it has cut the attempt: one that is
 * lost leaves no fault, and its row is closed by others.
 */
export function endedHandedOver({ outcome, fault }: Ended): boolean {
  return outcome === 'abandoned' && fault === 'cancelled'
}

/**
 * Whether its vendor may have it in a batch whose answer nobody has taken yet. Also where its row was settled meanwhile, as when the run was
 * reset: its worker is not lost, for there was none.
 */
export function isInBatch({
  outcome,
  batch,
}: Pick<Ended, 'outcome'> & { readonly batch?: string | undefined }): boolean {
  return batch !== undefined && (outcome === 'open' || outcome === 'abandoned')
}

/** Ends that are no fault, for lists of calls: its worker was lost, or was shut down and left the call to another one. */
export const WORKER_ENDS = ['worker-lost', 'handed-over'] as const

/** For people: the kind of fault, `handed over`, `worker lost`, or the outcome. */
export function endWords(end: Ended): string {
  if (endedHandedOver(end)) return 'handed over'
  return end.fault ?? (end.outcome === 'abandoned' ? 'worker lost' : end.outcome)
}
