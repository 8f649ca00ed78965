/**
 * Writes responses and their events. Shapes: OpenAI's API reference, "The response object" and "Streaming events".
 *
 * @module
 */
import type { Ask } from '../ask.ts'
import type { StreamWriter } from '../dialect.ts'
import { namedEvent } from '../events.ts'
import type { Piece, Reply, ReplyPart } from '../reply.ts'
import { responsesError } from './errors.ts'

type Item = { readonly id: string; readonly type: string } & Readonly<Record<string, unknown>>

export function writeResponseWhole(reply: Reply, ask: Ask): unknown {
  const status = reply.omit.finish ? 'in_progress' : statusOf(reply)
  return { ...head(reply, ask, status), output: itemsOf(reply, ask), ...usageOf(reply) }
}

/** The answer's items, as a later request would name or repeat them. */
export function itemsOf(reply: Reply, ask: Ask): Item[] {
  return reply.parts.map((part, index) => itemOf({ part, index }, reply, ask))
}

export function writeResponseStream(reply: Reply, ask: Ask): StreamWriter {
  let sequence = 0
  const event = (type: string, fields: object) => namedEvent({ type, sequence_number: sequence++, ...fields })
  return {
    start() {
      const response = { ...head(reply, ask, 'in_progress'), output: [], usage: null }
      return event('response.created', { response }) + event('response.in_progress', { response })
    },
    piece(piece) {
      const item = itemOf(piece, reply, ask)
      const place = { output_index: piece.index, item_id: item.id }
      const parts = [
        ...(piece.first ? startEvents(piece, item, ask) : []),
        ...deltaEvents(piece, ask),
        ...(piece.last ? endEvents(piece, item, ask) : []),
      ]
      return parts.map(([type, fields]) => event(type, { ...place, ...fields })).join('')
    },
    end() {
      if (reply.omit.finish) return ''
      const response = { ...head(reply, ask, statusOf(reply)), output: itemsOf(reply, ask), ...usageOf(reply) }
      return event(`response.${statusOf(reply)}`, { response })
    },
    error() {
      const { error } = responsesError({ kind: 'overloaded' }).body as { error: { message: string } }
      return event('error', { code: 'server_error', message: error.message, param: null })
    },
  }
}

type EventOf = readonly [type: string, fields: object]

function startEvents({ part, index }: Piece, item: Item, ask: Ask): EventOf[] {
  const added: EventOf = ['response.output_item.added', { output_index: index, item: emptied(item) }]
  if (part.kind === 'text')
    return [added, ['response.content_part.added', { content_index: 0, part: { ...outputText(''), annotations: [] } }]]
  if (part.kind === 'reasoning' && ask.showsThinking)
    return [added, ['response.reasoning_summary_part.added', { summary_index: 0, part: summaryText('') }]]
  return [added]
}

function deltaEvents({ part, text }: Piece, ask: Ask): EventOf[] {
  if (!text) return []
  switch (part.kind) {
    case 'text':
      return [['response.output_text.delta', { content_index: 0, delta: text, logprobs: [] }]]
    case 'reasoning':
      return ask.showsThinking ? [['response.reasoning_summary_text.delta', { summary_index: 0, delta: text }]] : []
    case 'tool-call':
      return [['response.function_call_arguments.delta', { delta: text }]]
  }
}

function endEvents({ part, index }: Piece, item: Item, ask: Ask): EventOf[] {
  const done: EventOf = ['response.output_item.done', { output_index: index, item }]
  switch (part.kind) {
    case 'text':
      return [
        ['response.output_text.done', { content_index: 0, text: part.text, logprobs: [] }],
        ['response.content_part.done', { content_index: 0, part: outputText(part.text) }],
        done,
      ]
    case 'reasoning':
      if (!ask.showsThinking) return [done]
      return [
        ['response.reasoning_summary_text.done', { summary_index: 0, text: part.text }],
        ['response.reasoning_summary_part.done', { summary_index: 0, part: summaryText(part.text) }],
        done,
      ]
    case 'tool-call':
      return [['response.function_call_arguments.done', { name: part.name, arguments: part.text }], done]
  }
}

function itemOf({ part, index }: { part: ReplyPart; index: number }, reply: Reply, ask: Ask): Item {
  const status = reply.finish === 'length' && index === reply.parts.length - 1 ? 'incomplete' : 'completed'
  switch (part.kind) {
    case 'reasoning': {
      const sealed = ask.wantsSealed ? { encrypted_content: part.sealed } : {}
      const summary = ask.showsThinking ? [summaryText(part.text)] : []
      return { id: `rs_${reply.id}${index}`, type: 'reasoning', ...sealed, summary }
    }
    case 'text':
      return {
        id: `msg_${reply.id}${index}`,
        type: 'message',
        status,
        role: 'assistant',
        content: [outputText(part.text)],
      }
    case 'tool-call': {
      const { name, text } = part
      return {
        id: `fc_${reply.id}${index}`,
        type: 'function_call',
        status,
        call_id: `call_${part.id}`,
        name,
        arguments: text,
      }
    }
  }
}

/** An item as it stands before its content has come. */
function emptied(item: Item): Item {
  switch (item.type) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] }
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' }
    default:
      return { ...item, summary: [] }
  }
}

function outputText(text: string) {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function summaryText(text: string) {
  return { type: 'summary_text', text }
}

function statusOf({ finish }: Reply): 'completed' | 'incomplete' {
  return finish === 'length' || finish === 'content-filter' ? 'incomplete' : 'completed'
}

function head(reply: Reply, ask: Ask, status: string) {
  const reason = reply.finish === 'length' ? 'max_output_tokens' : 'content_filter'
  return {
    id: `resp_${reply.id}`,
    object: 'response',
    created_at: Math.floor(reply.createdAtMs / 1000),
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    model: reply.model,
    store: ask.keepsNothing !== true,
  }
}

function usageOf({ usage, omit, costUsd }: Reply) {
  if (omit.usage) return {}
  const written = usage.writtenTokens > 0 ? { cache_write_tokens: usage.writtenTokens } : {}
  return {
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cachedTokens, ...written },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
      total_tokens: usage.inputTokens + usage.outputTokens,
      ...(costUsd !== undefined && { cost: costUsd }),
    },
  }
}
