/**
 * A vendor's own limit on requests and tokens, counted in fixed windows.
 *
 * @module
 */
import type { Refusal, RetryAfter } from './refusal.ts'

/** At least one of the two amounts is given. */
export interface RateLimit {
  readonly requests?: number | undefined
  /** Of prompts when they arrive, and of answers once they are made. */
  readonly tokens?: number | undefined
  readonly perMs: number
}

/** How one of a vendor's limits stands after a request, that one counted. */
export interface Standing {
  readonly perMinute: number
  /** What the window still takes. */
  readonly left: number
  readonly resetsInMs: number
}

export interface LimitStanding {
  readonly requests?: Standing
  readonly tokens?: Standing
}

export interface Limited {
  readonly standing: LimitStanding
  /** Of a request beyond the limit. */
  readonly refusal?: Refusal
}

interface RateLimiter {
  /** Counts a request with its prompt; without a limit, none. */
  take(nowMs: number, promptTokens: number): Limited | undefined
  /** Counts the tokens of an answer. */
  spend(tokens: number): void
}

/** @param limitNow - Asked each time. */
export function createRateLimit(limitNow: () => RateLimit | undefined, retryAfterIn: RetryAfter['in']): RateLimiter {
  let windowEndMs = 0
  let seen = 0
  let spent = 0
  return {
    take(nowMs, promptTokens) {
      const limit = limitNow()
      if (!limit) return undefined
      const { requests = Number.POSITIVE_INFINITY, tokens = Number.POSITIVE_INFINITY, perMs } = limit
      if (nowMs >= windowEndMs) [windowEndMs, seen, spent] = [nowMs + perMs, 0, 0]
      seen += 1
      const of = seen > requests ? 'requests' : spent + promptTokens > tokens ? 'tokens' : undefined
      if (!of) spent += promptTokens
      const ms = windowEndMs - nowMs
      const standing = standingOf(limit, { requests: seen, tokens: spent }, ms)
      if (!of) return { standing }
      return { standing, refusal: { kind: 'rate-limit', of, retryAfter: { ms, in: retryAfterIn } } }
    },
    spend(tokens) {
      spent += tokens
    },
  }
}

/** As limits are told: by the minute, whatever they are counted in. */
function standingOf(limit: RateLimit, used: { requests: number; tokens: number }, resetsInMs: number): LimitStanding {
  const its = (unit: 'requests' | 'tokens') => {
    const { [unit]: amount, perMs } = limit
    if (amount === undefined) return {}
    const perMinute = Math.max(1, Math.floor((amount * 60_000) / perMs))
    return { [unit]: { perMinute, left: Math.max(0, amount - used[unit]), resetsInMs } }
  }
  return { ...its('requests'), ...its('tokens') }
}
