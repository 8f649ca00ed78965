/**
 * Where to mark a prompt for vendors that cache only what is marked: Anthropic, and others with its protocol.
 *
 * @module
 */
import { bareNames } from '../../endpoint-id.ts'
import type { Endpoint } from '../../endpoints.ts'
import type { Message } from '../../messages.ts'
import { keptShare, LONG_TTL_MS } from './warmth.ts'

/** Anthropic refuses more ("A maximum of 4 blocks with cache_control may be provided"). */
export const MOST_MARKS = 4

/** Whether the endpoint caches only what a prompt marks. Others cache every prefix by themselves. */
export function cachesOnlyMarked(endpoint: Pick<Endpoint, 'protocol' | 'upstream' | 'model' | 'like'>): boolean {
  const { protocol } = endpoint
  if (protocol === '@ai-sdk/amazon-bedrock') return bareNames(endpoint).some(name => CLAUDE.test(name))
  return protocol === 'anthropic' || protocol === CLAUDE_AT_VERTEX
}

/** Nova caches by itself: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const CLAUDE = /(?:^|\.)claude-/

/** Anthropic's messages, at Google: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/prompt-caching */
const CLAUDE_AT_VERTEX = '@ai-sdk/google-vertex/anthropic'

/**
 * Whether marks save money there according to the price list. Cache writes must have a price, or the cost would be unknown, and cached
 * input must be cheaper. If no price is known at all, the answer is yes.
 */
export function marksPay({ price, cacheTtlMs = 0 }: Pick<Endpoint, 'price' | 'cacheTtlMs'>): boolean {
  if (!price || price.free) return true
  const { input, cachedInput, cacheWrite, cacheWriteHour } = price
  if (cacheWrite === undefined || (cacheTtlMs >= LONG_TTL_MS && cacheWriteHour === undefined)) return false
  return cachedInput !== undefined && input !== undefined && cachedInput < input
}

/**
 * Whether marking the growing end of a transcript pays, given the usual pause between its calls: what has expired by then was written for
 * nothing. With `kept` as the share of pauses that the cache outlives, it pays if `kept × read + (1 − kept) × write < input`. At
 * Anthropic's prices that is so for pauses of up to four times the time to live.
 */
export function tailPays({ price }: Pick<Endpoint, 'price'>, cacheTtlMs: number, gapMs: number): boolean {
  const { input, cachedInput, cacheWrite, cacheWriteHour } = price ?? {}
  const write = cacheTtlMs >= LONG_TTL_MS ? cacheWriteHour : cacheWrite
  if (input === undefined || cachedInput === undefined || write === undefined) return true
  const kept = keptShare(cacheTtlMs, gapMs)
  return kept * cachedInput + (1 - kept) * write < input
}

/** How much of a prompt will be in later prompts: all of it, everything before its last message, or only its system message. */
export type Recurring = 'all' | 'before-last' | 'system'

/** The positions of messages whose last block is marked, ascending. The last tool is marked too. */
export type MarkPlaces = readonly number[]

/**
 * The messages of a prompt to mark. With the tools, which are marked too, at most four places.
 *
 * `all`, for a transcript that continues: the system message and the growing end. The end is marked where the last prompt ended, so that it
 * is found however many blocks the step has added (the vendor looks back 20), and where this one ends, for the next.
 *
 * `before-last`, for a call that stands alone: everything before its last message, say a long document, and its system message. These are
 * the developer's and will be sent again; the last message will not.
 *
 * `system`, for a transcript that continues so late that its end has expired by then.
 */
export function markPlaces(prompt: readonly Message[], recurring: Recurring): MarkPlaces {
  const system = prompt.findIndex(({ role }) => role !== 'system') - 1
  const places = new Set([system, ...tailPlaces(prompt, recurring)])
  return [...places].filter(at => at >= 0)
}

function tailPlaces(prompt: readonly Message[], recurring: Recurring): readonly number[] {
  const last = prompt.length - 1
  if (recurring === 'system') return []
  return recurring === 'all' ? [prompt.findLastIndex(({ role }) => role === 'assistant') - 1, last] : [last - 1]
}
