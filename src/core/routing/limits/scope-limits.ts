/**
 * Which limits hold at an endpoint, and whose: its provider's as it is configured, and its own, of which the lower holds, as it is configured
 * or as its 429s have taught it (`learned-limits.ts`).
 *
 * @module
 */
import type { Endpoint, RateLimits } from '../../endpoints.ts'

/** A limit and its scope: a provider's name or an endpoint's id. */
export interface ScopeLimit extends RateLimits {
  readonly scopeId: string
  /** How far ahead of an even pace requests may start, in milliseconds of it. */
  readonly burstMs: number
  /** How long after each other waiting calls look whether a request in flight has ended. @defaultValue 200 */
  readonly lookMs?: number
}

/** One second's worth of requests may start at once, which vendors that count in minutes allow. */
const BURST_MS = 1_000

/** The same for a learned limit. The period over which the vendor counts is unknown then, so a nearly even pace is safe. */
const LEARNED_BURST_MS = 100

/** What its 429s have taught, and how long its answers take. */
interface Learned extends RateLimits {
  readonly answerMs?: number
}

/** The limits of an endpoint, sorted by scope. Most have none. */
export function limitsOf({ id, provider, limits }: Endpoint, learned: Learned): readonly ScopeLimit[] {
  const its: ScopeLimit[] = []
  if (limits?.provider)
    its.push({ scopeId: provider, burstMs: BURST_MS, ...limits.provider, ...looks(limits.provider, learned.answerMs) })
  const lower = lowerOf(limits?.own, learned)
  const own = { ...limits?.own, ...lower }
  if (Object.keys(own).length === 0) return its
  const isLearned = lower.requestsPerMinute !== undefined || lower.tokensPerMinute !== undefined
  its.push({ scopeId: id, burstMs: isLearned ? LEARNED_BURST_MS : BURST_MS, ...own, ...looks(own, learned.answerMs) })
  return its
}

/** What was learned, where no less is configured. */
function lowerOf(own: RateLimits = {}, learned: Learned): RateLimits {
  const names = ['requestsPerMinute', 'tokensPerMinute', 'concurrency'] as const
  const lower = names.filter(name => (learned[name] ?? Infinity) < (own[name] ?? Infinity))
  return Object.fromEntries(lower.map(name => [name, learned[name]]))
}

/** Nobody knows when a request in flight ends. Those that wait for that look one after the other, at most so long apart. */
export const LOOK_MS = 200

/** Or a tenth of the time from one end to the next, up to a second: where answers take half a minute, each call would look a hundred times. */
const LOOK_SHARE = 0.1
const LONGEST_LOOK_MS = 1_000

/** And at least so long: each look is a transaction. */
const LEAST_LOOK_MS = 10

/** Assumed until it is known how long answers take: looks are then frequent enough for short ones. */
const SHORT_ANSWER_MS = 1_000

/** As often as requests end, if so many are in flight: with rarer looks, places would stay free. */
function looks({ concurrency }: RateLimits, answerMs = SHORT_ANSWER_MS): Pick<ScopeLimit, 'lookMs'> {
  if (concurrency === undefined) return {}
  const betweenEndsMs = answerMs / concurrency
  const mostMs = Math.max(LOOK_MS, Math.min(LONGEST_LOOK_MS, LOOK_SHARE * betweenEndsMs))
  return { lookMs: Math.min(mostMs, Math.max(LEAST_LOOK_MS, betweenEndsMs)) }
}
