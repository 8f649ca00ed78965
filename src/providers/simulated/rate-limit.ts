/**
 * A vendor's own limit on requests, counted in fixed windows.
 *
 * @module
 */
import type { Refusal, RetryAfter } from './refusal.ts'

/** Gives a refusal for every request beyond the limit; without a limit, never. */
export function createRateLimit(
  limit: { readonly requests: number; readonly perMs: number } | undefined,
  retryAfterIn: RetryAfter['in'],
): (nowMs: number) => Refusal | undefined {
  let windowEndMs = 0
  let seen = 0
  return nowMs => {
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
