/**
 * How many tokens a prompt has, before a vendor has counted it.
 *
 * @module
 */
import { estimateTokenCount } from 'tokenx'
import type { FunctionTool, Message } from '../core/messages.ts'

/** Roles and separators around a message, as vendors' own counting guides have it: 3 to 4 tokens. */
const TOKENS_PER_MESSAGE = 4

/** Images and other files have prices of their own; 1,600 tokens is what Anthropic counts for the largest image. */
const TOKENS_PER_FILE = 1_600

/**
 * The likely number of tokens, by a heuristic that is within about 10 % for English and code. For choosing a window,
 * not for money: see {@link byteBound}.
 */
export function estimatePromptTokens(messages: readonly Message[], tools: readonly FunctionTool[]): number {
  return sum(messages, tools, estimateTokenCount, TOKENS_PER_MESSAGE)
}

/** Above what any chat template writes around a message or a tool, tags and newlines included. */
const OVERHEAD_PER_MESSAGE = 64

/**
 * An upper bound of the number of tokens. Tokenizers of every vendor work on UTF-8 bytes or on pieces of at least one
 * byte, so a text never has more tokens than bytes; the overhead covers what templates add. It is three to four times
 * the likely number: meant for reservations, where too much is given back and too little is a broken promise.
 *
 * Files count with a flat figure, for their bytes say nothing about their tokens.
 */
export function byteBound(messages: readonly Message[], tools: readonly FunctionTool[]): number {
  return sum(messages, tools, text => Buffer.byteLength(text), OVERHEAD_PER_MESSAGE)
}

function sum(
  messages: readonly Message[],
  tools: readonly FunctionTool[],
  count: (text: string) => number,
  overhead: number,
): number {
  let total = 0
  for (const message of messages) total += overhead + messageTokens(message, count)
  for (const tool of tools) {
    total += overhead + count(tool.name) + count(tool.description ?? '') + count(JSON.stringify(tool.inputSchema))
  }
  return total
}

function messageTokens(message: Message, count: (text: string) => number): number {
  if (message.role === 'system') return count(message.content)
  let total = 0
  for (const part of message.content) total += partTokens(part, count)
  return total
}

type Part = Exclude<Message, { role: 'system' }>['content'][number]

/** Options count too: encrypted reasoning and signatures travel in them. */
function partTokens(part: Part, count: (text: string) => number): number {
  const options = part.providerOptions === undefined ? 0 : count(JSON.stringify(part.providerOptions))
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return options + count(part.text)
    case 'file':
    case 'reasoning-file':
      return options + TOKENS_PER_FILE
    case 'tool-call':
      return options + count(part.toolCallId) + count(part.toolName) + count(JSON.stringify(part.input) ?? '')
    case 'tool-result':
      return options + count(part.toolCallId) + count(part.toolName) + count(JSON.stringify(part.output))
    default:
      return options
  }
}
