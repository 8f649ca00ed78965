import { summaryMessage } from '../../core/agent/summary-message.ts'
import type { Message } from '../../core/messages.ts'
import type { PromptView } from '../../core/protocol.ts'
import type { Work } from '../work.ts'
import { type ReadMessages, readMessage, readTranscript, type Stretch } from './read-transcript.ts'

/** How many more places the transcript has than the prompt: a summary is one message in place of many. */
export function shiftOf({ compacted }: PromptView): number {
  return compacted ? compacted.until - compacted.head - 1 : 0
}

/** The prompt from one of its own places on: what a view leaves of the transcript. Nothing is read that does not stand in it. */
export function* readPrompt(stretch: Stretch, view: PromptView, from: number): Work<ReadMessages> {
  const { clearedBefore, compacted } = view
  if (!compacted || from > compacted.head) return yield* readTranscript(stretch, from + shiftOf(view), clearedBefore)
  const { summary: said, cut } = compacted
  const head = yield* readTranscript({ ...stretch, length: compacted.head }, from, clearedBefore)
  const kept = yield* readMessage(said.lineage, said.length - 1)
  const summary = summaryMessage(kept.messages[0]!, cut)
  const rest = yield* readTranscript(stretch, compacted.until, clearedBefore)
  return {
    messages: [...head.messages, summary, ...rest.messages],
    size: head.size + sizeOf(summary) + rest.size,
    sealed: head.sealed || kept.sealed || rest.sealed,
  }
}

function sizeOf(message: Message): number {
  return JSON.stringify(message).length
}
