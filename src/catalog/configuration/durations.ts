/**
 * Lengths of time as people write them.
 *
 * @module
 */

export const DURATION_ALLOWED = 'a duration such as 300ms, 20s, 5m or 1h'

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `20s`, `1.5m`, `300ms`, `1h`; `undefined` for anything else, a bare number and 0 included. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? []
  if (amount === undefined || unit === undefined) return undefined
  const ms = Math.round(Number(amount) * UNIT_MS[unit]!)
  return ms > 0 ? ms : undefined
}
