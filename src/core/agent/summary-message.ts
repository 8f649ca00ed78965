/**
 * The message that replaces summarised messages in a prompt.
 *
 * @module
 */
import { type Message, userText } from '../messages.ts'

const OPENING = 'The conversation up to here was summed up to save room. This is the summary:'

const CUT = '[The summary was cut here. What it would have said last is not known.]'

/** The summary as a user's message, because it tells the model what has happened. `answer` is the summarising model's. */
export function summaryMessage(answer: Message, cut = false): Message {
  const text = [OPENING, textOf(answer), ...(cut ? [CUT] : [])].join('\n\n')
  return userText(text)
}

function textOf(message: Message): string {
  if (message.role === 'system') return message.content
  return message.content.map(part => (part.type === 'text' ? part.text : '')).join('')
}
