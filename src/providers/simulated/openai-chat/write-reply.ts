/**
 * Writes chat completions and their chunks. Shapes: OpenAI's API reference, "The chat completion object" and "The chat
 * completion chunk object"; `reasoning_content` as DeepSeek documents it; `cost` as OpenRouter does.
 *
 * @module
 */
import type { Ask } from '../ask.ts'
import type { StreamWriter } from '../dialect.ts'
import { dataEvent } from '../events.ts'
import type { CallPart, Finish, Piece, Reply, ReplyPart } from '../reply.ts'
import { chatError } from './errors.ts'

const FINISH_REASONS: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'broken-call': 'tool_calls',
  'content-filter': 'content_filter',
}

export function writeChatWhole(reply: Reply, ask: Ask): unknown {
  const calls = reply.parts.filter(part => part.kind === 'tool-call').map(wholeCall)
  const text = joined(reply.parts, 'text')
  const thought = ask.showsThinking ? joined(reply.parts, 'reasoning') : undefined
  const message = {
    role: 'assistant',
    content: text ?? null,
    ...(thought !== undefined && { reasoning_content: thought }),
    refusal: null,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  const finish = reply.omit.finish ? null : FINISH_REASONS[reply.finish]
  return {
    ...head(reply, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    ...(!reply.omit.usage && { usage: usageOf(reply) }),
  }
}

export function writeChatStream(reply: Reply, ask: Ask): StreamWriter {
  // Whoever asks for the usage is told with every chunk but the last that there is none yet.
  const noUsageYet = ask.wantsUsage && !reply.omit.usage ? ',"usage":null' : ''
  // What all chunks have in common is written once.
  const before = `data: ${JSON.stringify(head(reply, CHUNK)).slice(0, -1)},"choices":[{"index":0,"delta":`
  const chunk = (delta: object, finish: string | null = null) =>
    `${before}${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${noUsageYet}}\n\n`
  return {
    start: () => chunk({ role: 'assistant', content: '' }),
    piece: piece =>
      deltasOf(piece, ask)
        .map(delta => chunk(delta))
        .join(''),
    end() {
      const finish = reply.omit.finish ? '' : chunk({}, FINISH_REASONS[reply.finish])
      const says = ask.wantsUsage && !reply.omit.usage && !reply.omit.finish
      const usage = says ? dataEvent({ ...head(reply, CHUNK), choices: [], usage: usageOf(reply) }) : ''
      return finish + usage + (reply.omit.done ? '' : 'data: [DONE]\n\n')
    },
    error: () => dataEvent(chatError({ kind: 'overloaded' }).body),
  }
}

const CHUNK = 'chat.completion.chunk'

function deltasOf({ part, text, first }: Piece, ask: Ask): object[] {
  if (part.kind === 'reasoning') return ask.showsThinking && text ? [{ reasoning_content: text }] : []
  if (part.kind === 'text') return text ? [{ content: text }] : []
  const start = { index: part.callIndex, ...callHead(part), function: { name: part.name, arguments: '' } }
  const rest = { index: part.callIndex, function: { arguments: text } }
  return [...(first ? [{ tool_calls: [start] }] : []), ...(text ? [{ tool_calls: [rest] }] : [])]
}

function head(reply: Reply, object: string) {
  return { id: `chatcmpl-${reply.id}`, object, created: Math.floor(reply.createdAtMs / 1000), model: reply.model }
}

function callHead(part: CallPart) {
  return { id: `call_${part.id}`, type: 'function' }
}

function wholeCall(part: CallPart) {
  return { ...callHead(part), function: { name: part.name, arguments: part.text } }
}

function joined(parts: readonly ReplyPart[], kind: ReplyPart['kind']): string | undefined {
  const texts = parts.filter(part => part.kind === kind).map(part => part.text)
  return texts.length > 0 ? texts.join('') : undefined
}

function usageOf({ usage, costUsd }: Reply) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens,
      audio_tokens: 0,
      ...(usage.writtenTokens > 0 && { cache_write_tokens: usage.writtenTokens }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...(costUsd !== undefined && { cost: costUsd }),
  }
}
