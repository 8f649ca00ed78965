/**
 * A client that does not give up while what it talks to is being killed.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { isGrpcServiceError } from '@temporalio/client'
import { knownProblem } from '../../../src/runtime/problems.ts'
import type { Patience } from './patience.ts'

const PAUSE_MS = 300

/**
 * Tries again while server or store are out of reach, or while a run refuses what it does not know of yet: the store tells of an
 * approval before the run does, long before where the worker was lost in between. What it tries must bear being done twice.
 */
export async function persist<Result>(
  patience: Pick<Patience, 'isOver'>,
  action: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await action()
    } catch (error) {
      if (!isOutage(error) || patience.isOver) throw error
    }
    await delay(PAUSE_MS)
  }
}

function isOutage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (isGrpcServiceError(cause) || knownProblem(cause)) return true
  return false
}
