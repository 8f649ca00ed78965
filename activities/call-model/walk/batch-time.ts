/**
 * Whether a call is asked in batches, and until when.
 *
 * @module
 */
import { isInBatch } from '../../../src/core/faults/attempt-end.ts'
import type { AttemptRecord } from '../../../src/core/ports.ts'
import type { Walk } from './walk.ts'

/**
 * Until when the call is asked in batches; it is asked as usual after that. `undefined` where its class never asks in one.
 *
 * @param inClass - In which it was handed over: by a rule for hours, its own class may lead elsewhere since. @defaultValue as it is now
 */
export function batchUntilMs({ ports, prepared, state }: Walk, inClass?: string): number | undefined {
  const { batchMs } = (inClass !== undefined && ports.directory.classes[inClass]) || prepared.taskClass
  return batchMs === undefined || state.beganAtMs === undefined ? undefined : state.beganAtMs + batchMs
}

export function asksInBatch(walk: Walk): boolean {
  return !walk.batchExpired && walk.ports.now() < (batchUntilMs(walk) ?? 0)
}

/** The attempt of the call that is in a batch, also where another part of the run has settled its row. */
export function openBatch({ soFar }: Pick<Walk, 'soFar'>): AttemptRecord | undefined {
  return soFar?.attempts.findLast(isInBatch)
}
