/**
 * Puts what people say on record, in the order in which the run has heard it.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import { definedOnly } from '../../src/core/defined-only.ts'
import { shortActivities } from './activities.ts'
import type { Book } from './book.ts'
import type { Heard } from './messages.ts'
import type { Patch } from './patches.ts'

export function createRecorder(book: Book): (heard: Heard) => Promise<void> {
  let last = Promise.resolve()
  return heard => {
    if (!patched('signalbox.said' satisfies Patch)) return Promise.resolve()
    const atMs = Date.now()
    const write = () => keepSaid(book, heard, atMs)
    last = last.then(write, write)
    return last
  }
}

/** A run that was refused, or cancelled before it was opened, may not be in the store, and then there is nowhere to write it. */
async function keepSaid(book: Book, heard: Heard, atMs: number): Promise<void> {
  if (!book.isOpen) await Promise.allSettled([...book.openings.values()].map(({ opened }) => opened))
  if (!book.isOpen) return
  const { id, text, truncated, by } = heard
  const input = definedOnly({ run: book.ref, id, text, truncated, by, atMs })
  const summary = 'keep what was said'
  await CancellationScope.nonCancellable(() => shortActivities().keepSaid.executeWithOptions({ summary }, [input]))
}
