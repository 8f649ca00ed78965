/**
 * Lengths of time: units, the longest wait, and how people write them.
 *
 * @module
 */
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const WEEK_MS = 7 * DAY_MS

/** A hundred years. Temporal silently shortens longer timers to that (server 1.32), and later dates may be invalid. */
export const LONGEST_WAIT_MS = 36_500 * DAY_MS

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: HOUR_MS, d: DAY_MS }

/** Milliseconds of `300ms`, `20s`, `1.5m`, `2h` or `1d`; `undefined` for what is no duration. */
export function readDuration(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  return amount === undefined ? undefined : Math.round(Number(amount) * UNIT_MS[unit]!)
}
