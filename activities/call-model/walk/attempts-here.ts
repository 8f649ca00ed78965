/**
 * What the rows of a call's earlier attempts say that counts for it still.
 *
 * @module
 */
import type { AttemptRecord } from '../../../src/core/ports.ts'
import { BATCH_EXPIRED } from '../../../src/core/vendor-batch.ts'
import { isMisshapen } from '../attempt/misshapen.ts'
import type { PlannedCall } from './walk.ts'

type Begun = Pick<PlannedCall, 'prepared' | 'soFar'>

/**
 * The attempts that the asking Temporal run has made. A run that was reset after an outage does not inherit the faults of that
 * outage.
 */
export function attemptsHere({ prepared, soFar }: Begun): readonly AttemptRecord[] {
  const { part: asking } = prepared.call
  return (soFar?.attempts ?? []).filter(({ part }) => part === undefined || asking === undefined || part === asking)
}

/** Whether the last attempt gave an answer of the wrong shape. */
export function lastMisshapen(call: Begun): boolean {
  const { outcome, fault } = attemptsHere(call).at(-1) ?? {}
  return outcome === 'fault' && fault !== undefined && isMisshapen(fault)
}

/** Whether a batch of the call was not answered in its time. A run that was reset asks in batches again. */
export function hasExpired(call: Begun): boolean {
  return attemptsHere(call).some(({ fault }) => fault?.evidence.code === BATCH_EXPIRED)
}
