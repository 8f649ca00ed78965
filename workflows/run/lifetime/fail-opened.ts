/**
 * The end of a run whose workflow asks for what cannot be.
 *
 * @module
 */
import type { Book } from '../book/book.ts'
import { endedAs } from './ended.ts'
import { opening } from './opening.ts'

/** Opens the run first, so that one which fails at its first verb is in the ledger like any other. */
export async function failOpened(book: Book, message: string): Promise<never> {
  if (!book.isOpen) await opening(book)
  throw endedAs(book, 'failed', { message })
}
