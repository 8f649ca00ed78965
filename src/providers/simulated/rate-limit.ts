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

/** How a vendor's limit stands after a request, that one counted. */
export interface LimitStanding {
  readonly limit: RateLimit
  /** Requests that the window still takes. */
  readonly left: number
  readonly resetsInMs: number
}

export interface Limited {
  readonly standing: LimitStanding
  /** Of a request beyond the limit. */
  readonly refusal?: Refusal
}

/** Counts a request; without a limit, none. The limit is asked for each time. */
export function createRateLimit(
  limitNow: () => RateLimit | undefined,
  retryAfterIn: RetryAfter['in'],
): (nowMs: number) => Limited | undefined {
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
    const ms = windowEndMs - nowMs
    const standing = { limit, left: Math.max(0, limit.requests - seen), resetsInMs: ms }
    if (seen <= limit.requests) return { standing }
    return { standing, refusal: { kind: 'rate-limit', retryAfter: { ms, in: retryAfterIn } } }
  }
}

/** As limits are told: by the minute, whatever they are counted in. */
export function perMinute({ requests, perMs }: RateLimit): number {
  return Math.max(1, Math.floor((requests * 60_000) / perMs))
}
