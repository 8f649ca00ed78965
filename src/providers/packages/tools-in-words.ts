import type { AnswerPart, Message, ToolMessage, UserMessage } from '../../core/messages.ts'
import { callInWords, filesShown, resultInWords } from '../../core/tools/tool-content.ts'

/**
 * What was called and given as texts, and what tools have shown as it is: Converse refuses calls and results beside no tools ("The
 * toolConfig field must be defined when using toolUse and toolResult content blocks"), and its package leaves them out.
 */
export function withToolsInWords(prompt: readonly Message[]): readonly Message[] {
  return prompt.map(message => {
    if (message.role === 'tool') return given(message)
    if (message.role !== 'assistant' || !message.content.some(({ type }) => type === 'tool-call')) return message
    return { ...message, content: message.content.map(partInWords) }
  })
}

function partInWords(part: AnswerPart): AnswerPart {
  return part.type === 'tool-call' ? { type: 'text', text: callInWords(part) } : part
}

function given({ content }: ToolMessage): UserMessage {
  const results = content.filter(part => part.type === 'tool-result')
  const parts = results.map(part => [{ type: 'text' as const, text: resultInWords(part) }, ...filesShown(part.output)])
  return { role: 'user', content: parts.flat() }
}
