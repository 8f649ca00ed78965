/**
 * Waits of a run that people can see.
 *
 * @module
 */
import { isCancellation } from '@temporalio/workflow'
import type { Book, Waiting } from '../book/book.ts'
import { publish, showDetails } from './publish.ts'

/** Waits, and shows people what for. Resolves with what came of it; `undefined` if the run was cancelled or its time ended first. */
export async function sitOut<Given>(
  book: Book,
  waiting: Waiting,
  wait: () => Promise<Given>,
): Promise<Given | undefined> {
  book.waits.add(waiting)
  publish(book)
  try {
    return await wait()
  } catch (error) {
    if (isCancellation(error) || book.timeIsUp) return undefined
    throw error
  } finally {
    book.waits.delete(waiting)
    showDetails(book)
  }
}
