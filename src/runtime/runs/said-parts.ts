/**
 * What was said to a run, whole. Its events have words in place of files, and only the beginning of a long text; the prompts that its
 * models were asked with have all of it.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import type { RunEvent } from '../../core/events.ts'
import type { Message, UserMessage } from '../../core/messages.ts'
import { type Part, partsInWords } from '../../core/parts.ts'
import type { UiMessagePart } from '../../core/ui-messages/message.ts'
import type { EventOf } from '../../core/ui-messages/state.ts'
import { userParts } from '../../core/ui-messages/user-parts.ts'
import { LONG_MESSAGE_BYTES } from '../given/keep-parts.ts'
import { unlessNoStep, type WholeRun } from './whole-of-event.ts'

type Said = EventOf<'said'>

/**
 * The parts of each message, by its event's offset. A prompt has what was said before it too, so mostly the latest is enough. What no
 * answered call was asked with stays as the event has it: nothing was answered since, or the workflow has told its agents something else.
 */
export async function partsOfSaid(
  run: Pick<WholeRun, 'messages'>,
  events: readonly RunEvent[],
): Promise<ReadonlyMap<number, UiMessagePart[]>> {
  const all = events.filter(event => event.kind === 'said')
  const parts = new Map(all.map(({ offset, text }): [number, UiMessagePart[]] => [offset, [{ type: 'text', text }]]))
  let prompt: readonly Message[] = []
  for (const said of all.filter(hasMore).toReversed()) {
    if (indexIn(prompt, said) < 0) prompt = await promptBehind(run, events, said)
    const at = indexIn(prompt, said)
    if (at < 0) continue
    parts.set(said.offset, userParts((prompt[at] as UserMessage).content))
    prompt = prompt.slice(0, at)
  }
  return parts
}

/** How words end that stand for something else: `[image/png, 48 kB]` for a file, `[text, 70 kB]` for a long text beside others. */
const IN_WORDS = /, [^[\],]{1,30}\]/

/** Whether the event may not have all of it. The text is anybody's: what looks for the beginning too takes minutes for one full of them. */
function hasMore({ truncated, text }: Said): boolean {
  return truncated === true || IN_WORDS.test(text)
}

/** The prompt of the first call behind it that was answered. */
async function promptBehind(
  run: Pick<WholeRun, 'messages'>,
  events: readonly RunEvent[],
  { offset }: Said,
): Promise<readonly Message[]> {
  const summaries = new Set(events.flatMap(event => (event.kind === 'step-start' && event.sumsUp ? event.step : [])))
  const answer = events.find(event => event.offset > offset && event.kind === 'answer' && !summaries.has(event.step)) as
    | EventOf<'answer'>
    | undefined
  return answer ? run.messages({ step: answer.step }).catch(unlessNoStep) : []
}

function indexIn(prompt: readonly Message[], said: Said): number {
  return prompt.findLastIndex(message => message.role === 'user' && isShownAs(message, said))
}

function isShownAs({ content }: UserMessage, { text, truncated }: Said): boolean {
  const words = [content, content.map(inStore)].map(partsInWords)
  const beginning = text.replace(/…$/, '')
  return words.some(whole => (truncated ? whole.startsWith(beginning) : whole === text))
}

/** A long text beside others as the run was told of it. */
function inStore(part: UserMessage['content'][number]): Part {
  const bytes = part.type === 'text' ? Buffer.byteLength(JSON.stringify(part.text)) : 0
  return bytes > LONG_MESSAGE_BYTES ? { type: 'stored-text', text: { digest: '', bytes, preview: '' } } : (part as Part)
}
