/**
 * The prompt with which a model is asked for a summary. The conversation is one text in it, so that any model can be asked, whatever tools,
 * reasoning or files it contains, and so that the model does not take it for its own conversation.
 *
 * @module
 */
import { type Message, type MessagePart, userText } from '../messages.ts'
import { callInWords, resultInWords } from '../tools/tool-content.ts'

const INSTRUCTIONS =
  'You sum up the work of an agent so that it can go on without the messages that you read. Write for the agent itself. ' +
  'Keep: what was asked and every condition; what was found, with figures, names and sources; what was decided and why; ' +
  'what failed; references to tool results, as they are written; what is still to do. Leave out pleasantries and what was ' +
  'superseded. Answer with the summary alone.'

/** @param prompt - The conversation as its view leaves it, with `SUM_UP` at its end. */
export function sumUpPrompt(prompt: readonly Message[]): readonly Message[] {
  const text = prompt.slice(0, -1).map(textOfMessage).join('\n\n')
  return [{ role: 'system', content: INSTRUCTIONS }, userText(`<conversation>\n${text}\n</conversation>\n\nSum it up.`)]
}

function textOfMessage(message: Message): string {
  if (message.role === 'system') return `[system]\n${message.content}`
  const parts = message.content.map(textOfPart).filter(text => text !== '')
  return `[${message.role}]\n${parts.join('\n')}`
}

function textOfPart(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'file':
      return `(a file: ${part.filename ?? part.mediaType})`
    case 'tool-call':
      return callInWords(part)
    case 'tool-result':
      return resultInWords(part)
    default:
      return ''
  }
}
