import { LostContent, WAY_OUT } from '../../core/lost-content.ts'
import type { JsonValue, Message } from '../../core/messages.ts'
import { answerOf, findCall } from '../ledger/call-rows.ts'
import { readMessage } from '../transcripts/read-transcript.ts'
import type { Work } from '../work.ts'

/** The input that a model gave to a tool: the journal's answer ends its transcript, and its message has the tool call. */
export function* findInput(callId: string, toolCallId: string): Work<JsonValue | undefined> {
  const call = yield* findCall(callId)
  const answer = yield* answerOf(call)
  if (!answer && call?.answered_at_ms != null)
    throw new LostContent(`The answer to the call ${callId} is missing in the store. ${WAY_OUT}`)
  if (!answer) return undefined
  const { messages } = yield* readMessage(answer.transcript.lineage, answer.transcript.length - 1)
  return inputIn(messages[0]!, toolCallId)
}

function inputIn(message: Message, toolCallId: string): JsonValue | undefined {
  if (message.role !== 'assistant') return undefined
  for (const part of message.content) {
    if (part.type === 'tool-call' && part.toolCallId === toolCallId) return part.input as JsonValue
  }
  return undefined
}
