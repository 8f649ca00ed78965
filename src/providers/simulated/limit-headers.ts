/**
 * How vendors tell of their limits. Names and shapes: OpenAI's "Rate limits in headers", Anthropic's "Response headers".
 *
 * @module
 */
import type { LimitStanding, Standing } from './rate-limit.ts'

const UNITS = ['requests', 'tokens'] as const

export function openaiLimitHeaders(standing: LimitStanding): Record<string, string> {
  return headersOf(standing, (unit, { perMinute, left, resetsInMs }) => [
    [`x-ratelimit-limit-${unit}`, String(perMinute)],
    [`x-ratelimit-remaining-${unit}`, String(left)],
    [`x-ratelimit-reset-${unit}`, spanOf(resetsInMs)],
  ])
}

export function anthropicLimitHeaders(standing: LimitStanding, nowMs: number): Record<string, string> {
  return headersOf(standing, (unit, { perMinute, left, resetsInMs }) => [
    [`anthropic-ratelimit-${unit}-limit`, String(perMinute)],
    [`anthropic-ratelimit-${unit}-remaining`, String(left)],
    [`anthropic-ratelimit-${unit}-reset`, new Date(nowMs + resetsInMs).toISOString().replace(/\.\d+Z$/, 'Z')],
  ])
}

type Told = (unit: (typeof UNITS)[number], its: Standing) => readonly (readonly [name: string, value: string])[]

function headersOf(standing: LimitStanding, told: Told): Record<string, string> {
  return Object.fromEntries(
    UNITS.flatMap(unit => {
      const its = standing[unit]
      return its ? told(unit, its) : []
    }),
  )
}

/** `120ms`, `1s`, `6m0s`. */
function spanOf(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes > 0 ? `${minutes}m` : ''}${(ms - minutes * 60_000) / 1_000}s`
}
