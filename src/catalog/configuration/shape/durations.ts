/**
 * Lengths of time as people write them.
 *
 * @module
 */
import { LONGEST_HELD_MS } from '../../../core/call-time.ts'
import { HOUR_MS, LONGEST_WAIT_MS, readDuration } from '../../../core/durations.ts'

export const DURATION_ALLOWED = 'a duration such as 300ms, 20s, 5m or 1h'

/** The time, or the longest that a call's activity can hold. */
export function held(ms: number): number {
  return Math.min(ms, LONGEST_HELD_MS)
}

export const HELD_ALLOWED = 'a duration of at most 59m, such as 300ms, 20s or 5m'

const UNITS_MEANT: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['millisecond', [1, 'ms']],
  ['msec', [1, 'ms']],
  ['sec', [1, 's']],
  ['second', [1, 's']],
  ['min', [1, 'm']],
  ['minute', [1, 'm']],
  ['hr', [1, 'h']],
  ['hour', [1, 'h']],
  ['d', [24, 'h']],
  ['day', [24, 'h']],
])

/** `20s` for `20 seconds`, `48h` for `2d`, the longest for a longer one; `undefined` where no unit is near. */
export function durationMeant(text: string): string | undefined {
  const [, amount, word = ''] = /^(\d+(?:\.\d+)?) *([a-z]+)$/i.exec(text.trim()) ?? []
  const unit = word.toLowerCase()
  const [factor, short] = UNITS_MEANT.get(unit) ?? UNITS_MEANT.get(unit.replace(/s$/, '')) ?? [1, unit]
  const meant = `${Number(amount) * factor}${short}`
  if (lengthOf(meant) > LONGEST_WAIT_MS) return `${LONGEST_WAIT_MS / HOUR_MS}h`
  return durationMs(meant) === undefined ? undefined : meant
}

/** The same where more than 59 minutes are not allowed. */
export function heldMeant(text: string): string | undefined {
  const meant = durationMeant(text)
  return meant !== undefined && lengthOf(meant) > LONGEST_HELD_MS ? '59m' : meant
}

/** Milliseconds of `20s`, `1.5m`, `300ms`, `1h`; `undefined` for anything else, a bare number, 0 and more than a century included. */
export function durationMs(text: string): number | undefined {
  const ms = lengthOf(text)
  return ms > 0 && ms <= LONGEST_WAIT_MS ? ms : undefined
}

/** In milliseconds; 0 for what is no duration, or one in days. */
function lengthOf(text: string): number {
  return text.endsWith('d') ? 0 : (readDuration(text) ?? 0)
}
