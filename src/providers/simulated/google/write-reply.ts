/**
 * Writes generateContent responses. Shapes: the Gemini API reference, "GenerateContentResponse"; a stream is a series
 * of such responses, each with a part of the content and the usage so far.
 *
 * @module
 */
import type { Ask } from '../ask.ts'
import type { StreamWriter } from '../dialect.ts'
import { dataEvent } from '../events.ts'
import type { Finish, Reply, ReplyPart, VendorUsage } from '../reply.ts'
import { generateError } from './errors.ts'

const FINISH_REASONS: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'broken-call': 'MALFORMED_FUNCTION_CALL',
  'content-filter': 'SAFETY',
}

export function writeGenerateWhole(reply: Reply, ask: Ask): unknown {
  const parts = visible(reply, ask).map(part => partOf(part, { text: part.text, last: true }))
  const finish = reply.omit.finish ? {} : { finishReason: FINISH_REASONS[reply.finish] }
  return { candidates: [{ ...contentOf(parts), ...finish, index: 0 }], ...tail(reply, reply.usage) }
}

export function writeGenerateStream(reply: Reply, ask: Ask): StreamWriter {
  const shown = new Set(visible(reply, ask))
  return {
    start: () => '',
    piece({ part, text, last, writtenTokens }) {
      const isCall = part.kind === 'tool-call'
      if (!shown.has(part) || (isCall && !last)) return ''
      const parts = [partOf(part, { text: isCall ? part.text : text, last })]
      return dataEvent({ candidates: [{ ...contentOf(parts), index: 0 }], ...tail(reply, soFar(reply, writtenTokens)) })
    },
    end() {
      if (reply.omit.finish && reply.omit.done) return ''
      const finish = reply.omit.finish ? {} : { finishReason: FINISH_REASONS[reply.finish] }
      const content = contentOf(reply.finish === 'stop' ? [{ text: '' }] : [])
      return dataEvent({ candidates: [{ ...content, ...finish, index: 0 }], ...tail(reply, reply.usage) })
    },
    error: () => dataEvent(generateError({ kind: 'overloaded' }).body),
  }
}

/** A call that cannot be parsed is not sent at all: the finish reason says so. */
function visible(reply: Reply, ask: Ask): ReplyPart[] {
  return reply.parts.filter(part => {
    if (part.kind === 'reasoning') return ask.showsThinking
    return part.kind === 'text' || part.value !== undefined
  })
}

function contentOf(parts: readonly object[]) {
  return { content: { ...(parts.length > 0 && { parts }), role: 'model' } }
}

function partOf(part: ReplyPart, { text, last }: { text: string; last: boolean }): object {
  switch (part.kind) {
    case 'reasoning':
      return { text, thought: true }
    case 'text':
      return { text, ...(last && part.signature && { thoughtSignature: part.signature }) }
    case 'tool-call': {
      const signature = part.signature ? { thoughtSignature: part.signature } : {}
      return { functionCall: { id: part.id, name: part.name, args: part.value }, ...signature }
    }
  }
}

function soFar({ usage }: Reply, writtenTokens: number): VendorUsage {
  return { ...usage, outputTokens: writtenTokens, reasoningTokens: Math.min(usage.reasoningTokens, writtenTokens) }
}

function tail(reply: Reply, usage: VendorUsage) {
  return {
    ...(!reply.omit.usage && { usageMetadata: usageOf(usage) }),
    modelVersion: reply.model,
    responseId: reply.id,
  }
}

function usageOf(usage: VendorUsage) {
  return {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
    totalTokenCount: usage.inputTokens + usage.outputTokens,
    ...(usage.cachedTokens > 0 && { cachedContentTokenCount: usage.cachedTokens }),
    ...(usage.reasoningTokens > 0 && { thoughtsTokenCount: usage.reasoningTokens }),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.inputTokens }],
  }
}

/** A prompt that is blocked gets no candidates and no error either. */
export const BLOCKED_PROMPT = {
  promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
  usageMetadata: { promptTokenCount: 0, totalTokenCount: 0 },
}
