/**
 * How many tokens a prompt has, before a vendor has counted it.
 *
 * @module
 */
import { estimateTokenCount } from 'tokenx'
import type { FunctionTool, Message, MessagePart } from '../core/messages.ts'
import type { ToolOutput } from '../core/tools/tool-content.ts'
import { boundOfFile, type FileData, tokensOfFileData } from './file-tokens.ts'

/** For the role and separators of a message: 3 to 4 tokens by vendors' own counting guides. */
const TOKENS_PER_MESSAGE = 4

/**
 * The likely number of tokens, by a heuristic that is within about 10 % for English and code. For choosing a window,
 * not for money: see {@link byteBound}.
 */
export function estimatePromptTokens(messages: readonly Message[], tools: readonly FunctionTool[]): number {
  return sum(messages, tools, { text: estimateTokenCount, file: tokensOfFileData, perMessage: TOKENS_PER_MESSAGE })
}

/** For a bound: more than any chat template writes around a message or a tool, tags and newlines included. */
const OVERHEAD_PER_MESSAGE = 64

/**
 * An upper bound of the number of tokens. Tokenizers of every vendor work on UTF-8 bytes or on pieces of at least one
 * byte, so a text never has more tokens than bytes; the overhead covers what templates add. It is three to four times
 * the likely number: meant for reservations, where too much is given back and too little is a broken promise.
 *
 * Files count with what vendors have published, for their bytes say nothing about their tokens.
 *
 * @param model - The one that counts them, `author/name`: one of them counts images several times as high as the others.
 * @param window - Its context window, where that is known.
 */
export function byteBound(
  messages: readonly Message[],
  tools: readonly FunctionTool[],
  model?: string,
  window?: number,
): number {
  const file = (part: FileData) => boundOfFile(part, model, window)
  return sum(messages, tools, { text: text => Buffer.byteLength(text), file, perMessage: OVERHEAD_PER_MESSAGE })
}

interface Counting {
  readonly text: (text: string) => number
  readonly file: (part: FileData) => number
  /** Added for each tool too. */
  readonly perMessage: number
}

function sum(messages: readonly Message[], tools: readonly FunctionTool[], count: Counting): number {
  const { text, perMessage } = count
  let total = 0
  for (const message of messages) total += perMessage + messageTokens(message, count)
  for (const tool of tools) {
    total += perMessage + text(tool.name) + text(tool.description ?? '') + text(JSON.stringify(tool.inputSchema))
  }
  return total
}

function messageTokens(message: Message, count: Counting): number {
  if (message.role === 'system') return count.text(message.content)
  let total = 0
  for (const part of message.content) total += partTokens(part, count)
  return total
}

/** Provider options count too, because encrypted reasoning and signatures are in them. */
function partTokens(part: MessagePart, count: Counting): number {
  const { text, file } = count
  const options = part.providerOptions === undefined ? 0 : text(JSON.stringify(part.providerOptions))
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return options + text(part.text)
    case 'file':
    case 'reasoning-file':
      return options + file(part)
    case 'tool-call':
      return options + text(part.toolCallId) + text(part.toolName) + text(JSON.stringify(part.input) ?? '')
    case 'tool-result':
      return options + text(part.toolCallId) + text(part.toolName) + outputTokens(part.output, count)
    default:
      return options
  }
}

/** The texts of a result, and what surrounds its files, are counted as JSON. */
function outputTokens(output: ToolOutput, { text, file }: Counting): number {
  if (output.type !== 'content') return text(JSON.stringify(output))
  const sizes = output.value.map(item =>
    item.type === 'file' ? file(item) + text(JSON.stringify(item.providerOptions ?? '')) : text(JSON.stringify(item)),
  )
  return sizes.reduce((total, size) => total + size, 0)
}
