/**
 * A workflow of one's own that hears what people say to it, one message at a time.
 *
 * @module
 */
import { CancellationScope, condition } from '@temporalio/workflow'
import type { Unheard } from '../../../src/core/agent/carried.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import { isParts, type Part } from '../../../src/core/parts.ts'
import type { Words } from '../../../src/core/protocol.ts'
import { shellWord } from '../../../src/core/words/shell-word.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { endedAs } from '../lifetime/ended.ts'
import { interruption, withinTime } from '../lifetime/limits.ts'
import { opening } from '../lifetime/opening.ts'
import { sitOut } from '../shown/sit-out.ts'

/** What somebody has said to the run. */
export interface HeardMessage {
  /** To be passed on to an agent as it is. Files and long texts are references to where they lie. */
  readonly input: string | readonly Part[]
  /** The id that its sender gave it, or one of its own. */
  readonly id: string
  /** Who said it, if they said so. */
  readonly by?: string
}

/** Waits for the next message, and puts it on record before it returns. */
export async function hearSaid(run: RunAtWork): Promise<HeardMessage> {
  const { book, inbox } = run
  if (book.outcome !== undefined)
    throw endedAs(book, 'failed', { message: 'a message was waited for after the run was closed; close it last' })
  inbox.unheard.begin()
  if (book.timeIsUp || inbox.stopping || CancellationScope.current().consideredCancelled) throw interruption(run)
  if (!book.isOpen) await opening(book)
  const said = await nextSaid(run)
  await inbox.record(said)
  const { text, id, by } = said
  return definedOnly({ input: inputOf(text), id, by })
}

async function nextSaid(run: RunAtWork): Promise<Unheard> {
  const { book, inbox } = run
  const { queue } = inbox.unheard
  const isDue = () => queue.length > 0 || inbox.stopping
  const words = `waiting for a message: \`signalbox say ${shellWord(book.ref.id)} <text>\``
  const waiting = { words, forMessage: true } as const
  const untilDue = () => withinTime(book, () => condition(isDue)).then(() => true)
  // Another verb may have waited for the same message.
  while (!isDue()) if (!(await sitOut(book, waiting, untilDue))) throw interruption(run)
  if (inbox.stopping) throw interruption(run)
  return queue.shift()!
}

function inputOf(words: Words): string | readonly Part[] {
  return typeof words === 'string' || isParts(words) ? words : [{ type: 'stored-text', text: words }]
}
