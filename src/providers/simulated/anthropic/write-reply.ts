/**
 * Writes messages and their events. Shapes: Anthropic's API reference, "Create a Message" and "Streaming messages".
 *
 * @module
 */
import type { StreamWriter } from '../dialect.ts'
import { namedEvent } from '../events.ts'
import type { Finish, Piece, Reply, ReplyPart } from '../reply.ts'
import { messagesError } from './errors.ts'

const STOP_REASONS: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'broken-call': 'tool_use',
  'content-filter': 'refusal',
}

export function writeMessageWhole(reply: Reply): unknown {
  return {
    ...head(reply),
    content: reply.parts.map(wholeBlock),
    ...(reply.omit.finish ? { stop_reason: null, stop_sequence: null } : stopOf(reply)),
    ...(!reply.omit.usage && { usage: { ...inputUsage(reply), ...outputUsage(reply) } }),
  }
}

export function writeMessageStream(reply: Reply): StreamWriter {
  return {
    start: () => namedEvent({ type: 'message_start', message: startMessage(reply) }) + namedEvent({ type: 'ping' }),
    piece: writePiece,
    end() {
      const usage = reply.omit.usage ? {} : { usage: { ...inputUsage(reply), ...outputUsage(reply) } }
      const finish = reply.omit.finish ? '' : namedEvent({ type: 'message_delta', delta: stopOf(reply), ...usage })
      return finish + (reply.omit.done ? '' : namedEvent({ type: 'message_stop' }))
    },
    error: () => namedEvent(messagesError({ kind: 'overloaded' }, '').body as { type: string }),
  }
}

function stopOf({ finish, stopSequence }: Reply) {
  if (stopSequence === undefined) return { stop_reason: STOP_REASONS[finish], stop_sequence: null }
  return { stop_reason: 'stop_sequence', stop_sequence: stopSequence }
}

function startMessage(reply: Reply) {
  const usage = reply.omit.usage ? {} : { usage: { ...inputUsage(reply), output_tokens: 1 } }
  return { ...head(reply), content: [], stop_reason: null, stop_sequence: null, ...usage }
}

function writePiece({ part, index, text, first, last }: Piece): string {
  const delta = (value: object) => namedEvent({ type: 'content_block_delta', index, delta: value })
  const start = first ? namedEvent({ type: 'content_block_start', index, content_block: emptyBlock(part) }) : ''
  const signature =
    last && part.kind === 'reasoning' ? delta({ type: 'signature_delta', signature: part.signature }) : ''
  const stop = last ? namedEvent({ type: 'content_block_stop', index }) : ''
  return start + (text ? delta(textDelta(part, text)) : '') + signature + stop
}

function textDelta(part: ReplyPart, text: string): object {
  switch (part.kind) {
    case 'reasoning':
      return { type: 'thinking_delta', thinking: text }
    case 'text':
      return { type: 'text_delta', text }
    case 'tool-call':
      return { type: 'input_json_delta', partial_json: text }
  }
}

function emptyBlock(part: ReplyPart): object {
  switch (part.kind) {
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' }
    case 'text':
      return { type: 'text', text: '' }
    case 'tool-call':
      return { type: 'tool_use', id: `toolu_${part.id}`, name: part.name, input: {} }
  }
}

function wholeBlock(part: ReplyPart): object {
  switch (part.kind) {
    case 'reasoning':
      return { type: 'thinking', thinking: part.text, signature: part.signature }
    case 'text':
      return { type: 'text', text: part.text }
    case 'tool-call':
      return { type: 'tool_use', id: `toolu_${part.id}`, name: part.name, input: part.value ?? part.text }
  }
}

function head(reply: Reply) {
  return { id: `msg_${reply.id}`, type: 'message', role: 'assistant', model: reply.model }
}

/** `input_tokens` counts neither what was read from the cache nor what was written to it. */
function inputUsage({ usage }: Reply) {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.writtenTokens,
    cache_creation_input_tokens: usage.writtenTokens,
    cache_read_input_tokens: usage.cachedTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.writtenTokens - usage.writtenHourTokens,
      ephemeral_1h_input_tokens: usage.writtenHourTokens,
    },
    service_tier: 'standard',
  }
}

function outputUsage({ usage }: Reply) {
  return {
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens > 0 && { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  }
}
