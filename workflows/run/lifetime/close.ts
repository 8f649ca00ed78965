/**
 * Ends a run: in the store, in the search attributes, in the details.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Outcome } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import type { Patch } from '../patches.ts'
import { publish } from '../shown/publish.ts'
import { closedAs } from './ended.ts'
import { opening } from './opening.ts'

/** Records how the run ended. Opens it first when no verb did, so that every run is in the ledger. */
export async function closeRun<Output>(book: Book, outcome: Outcome<Output>): Promise<Outcome<Output>> {
  if (!book.isOpen) await opening(book)
  book.outcome = outcome.kind
  book.isEnding = true
  publish(book)
  const { closeRun } = shortActivities()
  const summary = `close the run · ${outcome.kind}`
  const { kind, message, cost } = outcome
  const input = definedOnly({
    run: book.ref,
    outcome: kind,
    message,
    cost: book.ref.root === undefined ? undefined : cost,
  })
  // Cancelled now, it would end otherwise than the store has it.
  await CancellationScope.nonCancellable(() => closeRun.executeWithOptions({ summary }, [input]))
  return outcome
}

/**
 * Closes the run of a workflow of one's own: no model is asked any more. The run ends when the workflow does, which may do more before, and
 * fail at that. So the interceptor writes down how it ended.
 */
export async function closeOnReturn<Output>(book: Book, outcome: Outcome<Output>): Promise<Outcome<Output>> {
  if (!book.isOpen) await opening(book)
  if (!patched('signalbox.ends-with-workflow' satisfies Patch)) return closeRun(book, outcome)
  book.outcome = outcome.kind
  return closedAs(book, outcome)
}
