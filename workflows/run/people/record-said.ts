/**
 * Puts what people say on record, in the order in which the run has heard it.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow'
import type { Unheard } from '../../../src/core/agent/carried.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import { isParts, partsInWords } from '../../../src/core/parts.ts'
import type { KeepSaidInput, Words } from '../../../src/core/protocol.ts'
import { cutText } from '../../../src/core/words/shorten.ts'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import type { Patch } from '../patches.ts'

export function createRecorder(book: Book): (said: Unheard) => Promise<void> {
  let last = Promise.resolve()
  return said => {
    if (!patched('signalbox.said' satisfies Patch)) return Promise.resolve()
    const atMs = Date.now()
    const write = () => keepSaid(book, said, atMs)
    last = last.then(write, write)
    return last
  }
}

/** A run that was refused, or cancelled before it was opened, may not be in the store, and then there is nowhere to write it. */
async function keepSaid(book: Book, said: Unheard, atMs: number): Promise<void> {
  if (!book.isOpen) await Promise.allSettled([...book.openings.values()].map(({ opened }) => opened))
  if (!book.isOpen) return
  const { id, text, by } = said
  const input = definedOnly({ run: book.ref, id, ...shownOf(text), by, atMs })
  const summary = 'keep what was said'
  await CancellationScope.nonCancellable(() => shortActivities().keepSaid.executeWithOptions({ summary }, [input]))
}

/** How much of a text history holds a second time, and readers of the run's events see. */
const MOST_SHOWN = 10_000

/** Longer ones lie in the store; only clients without one send them as they are. */
function shownOf(words: Words): Pick<KeepSaidInput, 'text' | 'truncated'> {
  const text = isParts(words) ? partsInWords(words) : words
  if (typeof text !== 'string' || text.length <= MOST_SHOWN) return { text }
  return { text: `${cutText(text, MOST_SHOWN)}…`, truncated: true }
}
