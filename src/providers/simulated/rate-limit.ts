/**
 * A vendor's own limit on requests, counted in fixed windows.
 *
 * @module
 */
import type { Refusal, RetryAfter } from './refusal.ts'

export interface RateLimit {
  readonly requests: number
  readonly perMs: number
}

/** Gives a refusal for every request beyond the limit; without a limit, never. The limit is asked for each time. */
export function createRateLimit(
  limitNow: () => RateLimit | undefined,
  retryAfterIn: RetryAfter['in'],
): (nowMs: number) => Refusal | undefined {
  let windowEndMs = 0
  let seen = 0
  return nowMs => {
    const limit = limitNow()
    if (!limit) return undefined
    if (nowMs >= windowEndMs) {
      windowEndMs = nowMs + limit.perMs
      seen = 0
    }
    seen += 1
    if (seen <= limit.requests) return undefined
    return { kind: 'rate-limit', retryAfter: { ms: windowEndMs - nowMs, in: retryAfterIn } }
  }
}
