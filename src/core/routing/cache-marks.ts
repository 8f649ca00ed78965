/**
 * Where a prompt is marked for a vendor that caches only what is marked: Anthropic and who speaks like it.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import type { Message } from '../messages.ts'

/** More are refused ("A maximum of 4 blocks with cache_control may be provided"). */
export const MOST_MARKS = 4

/** The longer of the two times to live that can be asked for. */
export const LONG_TTL_MS = 3_600_000

/** Whether nothing is cached there unless the prompt says so. Others cache every prefix by themselves. */
export function cachesOnlyMarked({ protocol }: Pick<Endpoint, 'protocol'>): boolean {
  return protocol === 'anthropic'
}

/**
 * Whether marks save money there, as far as the price list says: what is written must have a price, or the attempt's cost would
 * be unknown, and what is read must be cheaper. Where no price is known at all nothing speaks against it.
 */
export function marksPay({ price, cacheTtlMs = 0 }: Pick<Endpoint, 'price' | 'cacheTtlMs'>): boolean {
  if (!price || price.free) return true
  const { input, cachedInput, cacheWrite, cacheWriteHour } = price
  if (cacheWrite === undefined || (cacheTtlMs >= LONG_TTL_MS && cacheWriteHour === undefined)) return false
  return cachedInput !== undefined && input !== undefined && cachedInput < input
}

/** What is marked: the last tool, and the last block of each of these messages. */
export interface MarkPlaces {
  readonly tools: boolean
  /** Positions in the prompt, ascending. */
  readonly messages: readonly number[]
}

/**
 * The places for a prompt, four at most.
 *
 * - Of a transcript that goes on: tools, system, and its growing tail: where the last prompt ended, so that it is found however
 *   many blocks the step has added (the vendor looks back 20), and where this one ends, for the next.
 * - Of a call that stands alone: what stands before its last message, a long document say, and its system message. They are
 *   the developer's, and come again; the last message does not.
 */
export function markPlaces(prompt: readonly Message[], goesOn: boolean): MarkPlaces {
  const system = prompt.findIndex(({ role }) => role !== 'system') - 1
  const last = prompt.length - 1
  const tail = goesOn ? [prompt.findLastIndex(({ role }) => role === 'assistant') - 1, last] : [last - 1]
  const messages = [...new Set([system, ...tail])].filter(at => at >= 0)
  return { tools: goesOn, messages: messages.sort((a, b) => a - b) }
}
