import type { Message, ToolMessage } from '../../core/messages.ts'
import type { FilePart } from '../../core/parts.ts'
import { contentInWords } from '../../core/tool-content.ts'

type UserMessage = Extract<Message, { role: 'user' }>
type ResultPart = ToolMessage['content'][number]

/**
 * What tools show as a user's message behind their results: chat completions take images from users alone, and the packages would
 * write them into a tool's text, byte by byte.
 */
export function withFilesShown(prompt: readonly Message[]): readonly Message[] {
  if (!prompt.some(message => message.role === 'tool' && message.content.some(showsFile))) return prompt
  const fitting: Message[] = []
  let shown: UserMessage['content'] = []
  for (const message of prompt) {
    if (message.role !== 'tool') {
      if (shown.length > 0) fitting.push({ role: 'user', content: shown })
      shown = []
      fitting.push(message)
      continue
    }
    fitting.push({ ...message, content: message.content.map(inWords) })
    shown = [...shown, ...message.content.flatMap(filesOf)]
  }
  return shown.length > 0 ? [...fitting, { role: 'user', content: shown }] : fitting
}

function showsFile(part: ResultPart): boolean {
  return filesIn(part).length > 0
}

function filesIn(part: ResultPart): readonly FilePart[] {
  if (part.type !== 'tool-result' || part.output.type !== 'content') return []
  return part.output.value.filter(item => item.type === 'file') as readonly FilePart[]
}

function inWords(part: ResultPart): ResultPart {
  if (part.type !== 'tool-result' || part.output.type !== 'content' || !showsFile(part)) return part
  return { ...part, output: { type: 'text', value: `${contentInWords(part.output.value)} (shown below)` } }
}

function filesOf(part: ResultPart): UserMessage['content'] {
  const files = filesIn(part)
  if (part.type !== 'tool-result' || files.length === 0) return []
  return [{ type: 'text', text: `${part.toolName} gave:` }, ...files]
}
