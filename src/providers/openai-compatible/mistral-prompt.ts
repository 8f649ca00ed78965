/**
 * What Mistral's models want of a prompt beyond OpenAI's format, whoever serves them: their own tokenizer refuses the rest.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { Endpoint } from '../../core/endpoints.ts'
import type { Message } from '../../core/messages.ts'

const MISTRALS = /mi[sx]tral|ministral|magistral|codestral|devstral|pixtral/i

export function isMistrals({ upstream, model }: Endpoint): boolean {
  return MISTRALS.test(upstream) || MISTRALS.test(model)
}

export function asMistralWants(prompt: readonly Message[]): readonly Message[] {
  return withBridges(withShortIds(prompt))
}

/** "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9." */
const ID = /^[a-zA-Z0-9]{9}$/

/** The prompt with the ids of tool calls as Mistral takes them: those of other vendors are shortened, always to the same. */
function withShortIds(prompt: readonly Message[]): readonly Message[] {
  return prompt.map(message => {
    if (message.role !== 'assistant' && message.role !== 'tool') return message
    const parts: readonly Called[] = message.content
    if (parts.every(({ toolCallId }) => toolCallId === undefined || ID.test(toolCallId))) return message
    return { ...message, content: parts.map(withShortId) } as Message
  })
}

interface Called {
  readonly type: string
  readonly toolCallId?: string
}

function withShortId(part: Called): Called {
  const { toolCallId } = part
  if (toolCallId === undefined || ID.test(toolCallId)) return part
  return { ...part, toolCallId: hash('sha256', toolCallId).slice(0, 9) }
}

/** "Unexpected role 'user' after role 'tool'": what is said behind results is said after a word of the model's. */
function withBridges(prompt: readonly Message[]): readonly Message[] {
  return prompt.flatMap((message, at) => {
    const isBehindResults = prompt[at - 1]?.role === 'tool' && (message.role === 'user' || message.role === 'system')
    return isBehindResults ? [BRIDGE, message] : [message]
  })
}

const BRIDGE: Message = { role: 'assistant', content: [{ type: 'text', text: 'Noted.' }] }
