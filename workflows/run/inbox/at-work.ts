import type { Book } from '../book/book.ts'
import type { Inbox } from './inbox.ts'

/** A run while its workflow executes: what it knows of itself, and what people tell it. */
export interface RunAtWork {
  readonly book: Book
  readonly inbox: Inbox
}
