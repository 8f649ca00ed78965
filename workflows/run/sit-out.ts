/**
 * Waits of a run that people can see.
 *
 * @module
 */
import { isCancellation } from '@temporalio/workflow'
import type { Book } from './book.ts'
import { publish, showDetails } from './publish.ts'

/** What came of a wait that is shown in these words; `undefined` where the run was cancelled or its time ended before. */
export async function sitOut<Given>(book: Book, words: string, wait: () => Promise<Given>): Promise<Given | undefined> {
  book.waitingFor = words
  publish(book)
  try {
    return await wait()
  } catch (error) {
    if (isCancellation(error) || book.timeIsUp) return undefined
    throw error
  } finally {
    book.waitingFor = undefined
    showDetails(book)
  }
}
