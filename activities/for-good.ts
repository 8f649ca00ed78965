/**
 * What trying again cannot mend ends the run instead of being tried again and again.
 *
 * @module
 */
import { ApplicationFailure } from '@temporalio/common'
import { LostContent } from '../src/core/content/lost-content.ts'
import { AlreadyEnded } from '../src/core/runs/already-ended.ts'
import { NotItsOwn } from '../src/core/runs/own-run.ts'

/**
 * Runs `work`. Content that is gone, a run that has ended in the store, and what belongs to another run fail the activity for good, in
 * words that reach whoever started the run; from a worker that was believed lost they reach nobody.
 */
export async function failingForGood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LostContent) throw ApplicationFailure.nonRetryable(error.message, 'signalbox.lost-content')
    if (error instanceof AlreadyEnded) throw ApplicationFailure.nonRetryable(error.message, 'signalbox.already-ended')
    if (error instanceof NotItsOwn) throw ApplicationFailure.nonRetryable(error.message, 'signalbox.not-its-own')
    throw error
  }
}
