/**
 * Ends a run: in the store, in the search attributes, in the details.
 *
 * @module
 */
import type { Outcome } from '../../src/core/protocol.ts'
import { shortActivities } from './activities.ts'
import type { Book } from './book.ts'
import { isOpen, opening } from './opening.ts'
import { publish } from './publish.ts'

/** Records how the run ended. Opens it first when no verb did, so that every run is in the ledger. */
export async function closeRun<Output>(book: Book, outcome: Outcome<Output>): Promise<Outcome<Output>> {
  if (!isOpen(book)) await opening(book)
  book.outcome = outcome.kind
  publish(book)
  const message = outcome.message === undefined ? {} : { message: outcome.message }
  const { closeRun } = shortActivities()
  const summary = `close the run · ${outcome.kind}`
  await closeRun.executeWithOptions({ summary }, [{ run: book.ref, outcome: outcome.kind, ...message }])
  return outcome
}
