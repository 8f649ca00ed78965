/**
 * Reads a messages request. Shapes: Anthropic's API reference, "Create a Message".
 *
 * @module
 */
import {
  type Ask,
  type CacheMark,
  type Json,
  pictureSegment,
  type SeenCall,
  type Segment,
  type SignatureSeen,
  segmentOf,
  type ToolChoice,
  type Turn,
} from '../ask.ts'
import type { Reading } from '../dialect.ts'
import { type Loose, limitOf, listOf, recordOf, textOf } from '../loose.ts'
import type { Refusal } from '../refusal.ts'
import { stopsOf } from '../stop.ts'
import type { AnthropicMessage } from './message.ts'
import { brokenMarkOrder, ruleRefusal } from './rules.ts'

/** Width × height / 750 for the largest picture that is not scaled down. */
const IMAGE_TOKENS = 1590
const MAX_MARKS = 4

export function readMessagesRequest(raw: unknown, canThink: boolean): Reading {
  const body = recordOf(raw)
  const maxOutput = limitOf(body.max_tokens)
  if (maxOutput === undefined)
    return { refusal: { kind: 'bad-value', parameter: 'max_tokens', expected: 'an integer' } }
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return { refusal: { kind: 'bad-value', parameter: 'messages', expected: 'at least one message' } }
  const system = blocksOf(body.system)
  const messages = listOf(body.messages).map(message => ({
    role: textOf(message.role),
    blocks: blocksOf(message.content),
  }))
  const segments = segmentsOf(body, system, messages)
  const refusal = ruleRefusal(body, messages) ?? markRefusal(body, segments, messages) ?? repeatedCall(messages)
  if (refusal) return { refusal }
  const thinking = recordOf(body.thinking).type
  const ask: Ask = {
    model: textOf(body.model),
    stream: body.stream === true,
    wantsUsage: true,
    system: system.map(blockText).join('\n'),
    firstUserText: firstUserText(messages),
    segments,
    turns: messages.flatMap(turnsOf),
    called: messages.flatMap(calledIn),
    signatures: messages.flatMap(signaturesOf),
    tools: listOf(body.tools).map(tool => ({ name: textOf(tool.name), inputSchema: tool.input_schema ?? null })),
    toolChoice: toolChoiceOf(recordOf(body.tool_choice)),
    schema: recordOf(recordOf(body.output_config).format).schema ?? recordOf(body.output_format).schema,
    maxOutput,
    stops: stopsOf(body.stop_sequences),
    thinks: canThink && (thinking === 'enabled' || thinking === 'adaptive') && mayThink(messages),
    showsThinking: true,
  }
  return { ask }
}

function blocksOf(content: Json | undefined): readonly Loose[] {
  if (content === '') return []
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content)
}

/** Every tool, system block and message block is a piece of its own, for each may carry a mark. */
function segmentsOf(body: Loose, system: readonly Loose[], messages: readonly AnthropicMessage[]): Segment[] {
  const segments = [
    ...listOf(body.tools).map(tool => ({ ...segmentOf(unmarkedText(tool)), ...marked(tool) })),
    ...system.map(block => ({ ...segmentOf(`system ${blockText(block)}`), ...marked(block) })),
    ...messages.flatMap(({ role, blocks }) => blocks.map(block => blockSegment(role, block))),
  ]
  // On the request itself the mark means: the last block that can be cached.
  const last = segments.pop()
  return last ? [...segments, { ...last, mark: last.mark ?? markOf(body) }] : segments
}

function blockSegment(role: string, block: Loose): Segment {
  const shown = block.type === 'tool_result' ? listOf(block.content) : [block]
  const pictures = shown.filter(isPicture).map(({ source }) => source ?? null)
  const text = isPicture(block) ? '' : `${role} ${blockText(block)}`
  return { ...pictureSegment(text, pictures, IMAGE_TOKENS), ...marked(block) }
}

function isPicture({ type }: Loose): boolean {
  return type === 'image' || type === 'document'
}

function blockText(block: Loose): string {
  switch (block.type) {
    case 'text':
      return textOf(block.text)
    case 'thinking':
      return `${textOf(block.thinking)}${textOf(block.signature)}`
    case 'tool_use':
      return `${textOf(block.id)} ${textOf(block.name)} ${JSON.stringify(block.input ?? null)}`
    case 'tool_result':
      return `${textOf(block.tool_use_id)} ${resultText(block.content)}`
    default:
      return unmarkedText(block)
  }
}

/** A mark is no part of what it marks: with another one, or none, it is the same prefix. */
function unmarkedText({ cache_control: _, ...block }: Loose): string {
  return JSON.stringify(block)
}

function resultText(content: Json | undefined): string {
  return blocksOf(content)
    .filter(block => !isPicture(block))
    .map(blockText)
    .join('\n')
}

function marked(block: Loose): { mark?: CacheMark } {
  const mark = markOf(block)
  return mark ? { mark } : {}
}

function markOf(block: Loose): CacheMark | undefined {
  const control = recordOf(block.cache_control)
  if (control.type !== 'ephemeral') return undefined
  return control.ttl === '1h' ? '1h' : '5m'
}

function firstUserText(messages: readonly AnthropicMessage[]): string {
  const first = messages.find(message => message.role === 'user')
  return (first?.blocks ?? []).map(block => textOf(block.text)).join('\n')
}

function turnsOf({ role, blocks }: AnthropicMessage, place: number): Turn[] {
  const position = `messages.${place}`
  if (role === 'assistant') {
    const calls = blocks.filter(block => block.type === 'tool_use').map(block => textOf(block.id))
    return [{ role: 'assistant', calls, results: [], position }]
  }
  const results = blocks.filter(block => block.type === 'tool_result').map(block => textOf(block.tool_use_id))
  const hasMore = blocks.length > results.length || results.length === 0
  const tool = { role: 'tool', calls: [], results, position: `${position}.content.0` } as const
  return [
    ...(results.length > 0 ? [tool] : []),
    ...(hasMore ? [{ role: 'user', calls: [], results: [], position } as const] : []),
  ]
}

function calledIn({ blocks }: AnthropicMessage, place: number): SeenCall[] {
  return blocks.flatMap(({ type, id, name }, at) =>
    type === 'tool_use' ? [{ id: textOf(id), name: textOf(name), position: `messages.${place}.content.${at}` }] : [],
  )
}

function signaturesOf({ blocks }: AnthropicMessage, place: number): SignatureSeen[] {
  return blocks.flatMap((block, at) =>
    block.type === 'thinking'
      ? [
          {
            signature: textOf(block.signature),
            over: textOf(block.thinking),
            position: `messages.${place}.content.${at}`,
          },
        ]
      : [],
  )
}

/** A tool loop that began without thought goes on without: the vendor then leaves thinking off for the request. */
function mayThink(messages: readonly AnthropicMessage[]): boolean {
  const isResult = (block: Loose) => block.type === 'tool_result'
  if (!messages.at(-1)?.blocks.some(isResult)) return true
  const asked = messages.findLastIndex(({ role, blocks }) => role === 'user' && !blocks.some(isResult))
  return messages[asked + 1]?.blocks[0]?.type === 'thinking'
}

function markRefusal(
  body: Loose,
  segments: readonly Segment[],
  messages: readonly AnthropicMessage[],
): Refusal | undefined {
  if (!segments.some(({ mark }) => mark)) return undefined
  const positions = [
    ...listOf(body.tools).map((_, at) => `tools.${at}`),
    ...blocksOf(body.system).map((_, at) => `system.${at}`),
    ...messages.flatMap(({ blocks }, place) => blocks.map((_, at) => `messages.${place}.content.${at}`)),
  ]
  const marks = segments.flatMap(({ mark }, at) => (mark ? [{ mark, position: positions[at]! }] : []))
  return marks.length > MAX_MARKS ? { kind: 'too-many-marks', found: marks.length } : brokenMarkOrder(marks)
}

function repeatedCall(messages: readonly AnthropicMessage[]): Refusal | undefined {
  const seen = new Set<string>()
  for (const [place, { blocks }] of messages.entries())
    for (const [at, block] of blocks.entries()) {
      if (block.type !== 'tool_use') continue
      const id = textOf(block.id)
      if (seen.has(id)) return { kind: 'repeated-call', position: `messages.${place}.content.${at}` }
      seen.add(id)
    }
  return undefined
}

function toolChoiceOf(choice: Loose): ToolChoice {
  if (choice.type === 'tool') return { name: textOf(choice.name) }
  if (choice.type === 'any') return 'required'
  return choice.type === 'none' ? 'none' : 'auto'
}
