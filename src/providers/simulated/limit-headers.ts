/**
 * How vendors tell of their limits on requests. Names and shapes: OpenAI's "Rate limits in headers", Anthropic's "Response headers".
 * What they tell of tokens is left out, for a simulated vendor has no limit on them.
 *
 * @module
 */
import { type LimitStanding, perMinute } from './rate-limit.ts'

export function openaiLimitHeaders({ limit, left, resetsInMs }: LimitStanding): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': String(perMinute(limit)),
    'x-ratelimit-remaining-requests': String(left),
    'x-ratelimit-reset-requests': spanOf(resetsInMs),
  }
}

export function anthropicLimitHeaders(
  { limit, left, resetsInMs }: LimitStanding,
  nowMs: number,
): Record<string, string> {
  return {
    'anthropic-ratelimit-requests-limit': String(perMinute(limit)),
    'anthropic-ratelimit-requests-remaining': String(left),
    'anthropic-ratelimit-requests-reset': new Date(nowMs + resetsInMs).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
}

/** `120ms`, `1s`, `6m0s`. */
function spanOf(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes > 0 ? `${minutes}m` : ''}${(ms - minutes * 60_000) / 1_000}s`
}
