/**
 * Content that is gone ends the run instead of being looked for again and again.
 *
 * @module
 */
import { ApplicationFailure } from '@temporalio/common'
import { LostContent } from '../src/core/lost-content.ts'

/** Runs `work`; what it lost fails the activity for good, and its words reach whoever started the run. */
export async function failingWhereLost<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LostContent) throw ApplicationFailure.nonRetryable(error.message, 'signalbox.lost-content')
    throw error
  }
}
