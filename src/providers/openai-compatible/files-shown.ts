import type { Message, ToolMessage, UserMessage } from '../../core/messages.ts'
import { contentInWords, filesShown } from '../../core/tools/tool-content.ts'

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
  return part.type === 'tool-result' && filesShown(part.output).length > 0
}

function inWords(part: ResultPart): ResultPart {
  if (part.type !== 'tool-result' || part.output.type !== 'content' || !showsFile(part)) return part
  return { ...part, output: { type: 'text', value: `${contentInWords(part.output.value)} (shown below)` } }
}

function filesOf(part: ResultPart): UserMessage['content'] {
  if (part.type !== 'tool-result' || !showsFile(part)) return []
  return [{ type: 'text', text: `${part.toolName} gave:` }, ...filesShown(part.output)]
}
