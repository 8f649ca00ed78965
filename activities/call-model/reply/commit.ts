/**
 * Puts an answer into the journal.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { ReplyAnswer } from '../../../src/core/ports.ts'
import type { Answer, RoutingMemory, TranscriptRef } from '../../../src/core/protocol.ts'
import { cachesOnlyMarked } from '../../../src/core/routing/cache/cache-marks.ts'
import { rememberPrompt } from '../../../src/core/routing/cache/warmth.ts'
import type { Usage } from '../../../src/core/usage.ts'
import type { OpenRow } from '../attempt/attempt.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import { askingAgain } from './acted-before.ts'
import { toolCallsOf } from './judge.ts'

export interface Committing {
  readonly prepared: Prepared
  /** After the call's own messages, before the answer. */
  readonly transcript: TranscriptRef
  readonly promptLength: number
  /** It answers a repair, whose prompt is longer than the transcript: its size says nothing about the transcript's. */
  readonly repaired?: boolean
  readonly reply: ReplyAnswer
  readonly row: OpenRow
  readonly value: unknown
}

/** First writer wins: gives the journal's answer, which is another one when a zombie was faster. */
export async function commit(ports: CallModelPorts, committing: Committing): Promise<Answer> {
  const { prepared, transcript, reply, row, value } = committing
  const { endpoint, attemptId } = row.attempt
  const { call } = prepared
  const known = knownFrom(committing)
  const answer = {
    callId: call.callId,
    text: reply.text,
    ...(value !== undefined && { value: value as JsonValue }),
    toolCalls: await askingAgain(ports, call.run, toolCallsOf(ports, prepared.input, reply)),
    truncated: reply.finish === 'length',
    endpoint: endpoint.id,
    model: endpoint.model,
    ...(known && { known }),
  }
  return ports.ledger.commitAnswer({ call, attemptId, end: row.end, message: reply.message, answer, transcript })
}

/**
 * What the run knows of its prompt after this answer: its exact size as the endpoint has counted it, and whose caches hold it.
 * `undefined` without counts, or after a repair, whose prompt is not the transcript's.
 */
function knownFrom({ prepared, reply, row, promptLength, repaired }: Committing): RoutingMemory['known'] {
  const { inputTokens, outputTokens } = reply.usage
  const { endpoint } = row.attempt
  if (repaired || inputTokens === undefined || outputTokens === undefined) return undefined
  return rememberPrompt(prepared.known, {
    endpoint: endpoint.id,
    promptTokens: inputTokens + outputTokens,
    length: promptLength + 1,
    inputTokens,
    heldTokens: heldAfter(reply.usage, inputTokens, endpoint),
    atMs: row.end.endedAtMs,
    beside: prepared.beside,
  })
}

/**
 * How many tokens of the prompt the endpoint's cache holds now. Where only marked prefixes are cached, the vendor's counts tell;
 * elsewhere it is the whole prompt.
 */
function heldAfter({ cacheReadTokens, cacheWriteTokens }: Usage, inputTokens: number, endpoint: Endpoint): number {
  if (!cachesOnlyMarked(endpoint) || cacheReadTokens === undefined || cacheWriteTokens === undefined) return inputTokens
  return cacheReadTokens + cacheWriteTokens
}
