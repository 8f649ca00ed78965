/**
 * The pause of an endpoint after a 429, for all calls of this worker.
 *
 * @module
 */
import { definedOnly } from '../../defined-only.ts'

/** The pause if the server named none. It doubles with each further pause, up to {@link LONGEST_COOL_DOWN_MS}. */
const COOL_DOWN_MS = 2_000

/** 30 s: half of the minute that most rate limits count. */
const LONGEST_COOL_DOWN_MS = 30_000

/** 5 min. Limits of a minute end by themselves before anybody comes to raise them; a longer pause may be ended by hand. */
export const LONG_PAUSE_MS = 300_000

/** The pause of an endpoint. It may be over already. */
export interface Cooldown {
  readonly untilMs: number
  /** How often it was paused in a row, without an answer in between. */
  readonly strikes: number
  /** Since when nobody has got through, where the pause is of our own choosing. */
  readonly sinceMs?: number
}

/** Whether so much of a pause is left that only the server can have named it. */
export function isLongPause(cooldown: Cooldown | undefined, nowMs: number): boolean {
  return cooldown !== undefined && cooldown.untilMs - nowMs > LONG_PAUSE_MS
}

/**
 * The cool-down after another 429: the server's Retry-After or a growing default, plus up to a tenth. An earlier, longer pause stays. A 429
 * within a pause makes it longer only if it names a time, and makes no further pause longer: it is of an attempt that left before the pause,
 * or of a worker that had not heard of it. Otherwise a burst of ten would cost half a minute, and many workers that hear of each other late
 * would prolong the first pause without end, so that none would ever be longer.
 */
export function coolDown(
  before: Cooldown | undefined,
  retryAfterMs: number | undefined,
  nowMs: number,
  chance: number,
): Cooldown {
  const isWithin = before !== undefined && nowMs < before.untilMs
  const strikes = isWithin ? Math.max(1, before.strikes) : (before?.strikes ?? 0) + 1
  const ownMs = isWithin ? 0 : Math.min(LONGEST_COOL_DOWN_MS, COOL_DOWN_MS * 2 ** (strikes - 1))
  const untilMs = nowMs + Math.ceil((retryAfterMs ?? ownMs) * (1 + chance / 10))
  // A 429 within a pause that the server has named, or in which somebody has got through, begins no time without an end.
  const sinceMs = retryAfterMs === undefined ? (before?.sinceMs ?? (isWithin ? undefined : nowMs)) : undefined
  return { untilMs: Math.max(untilMs, before?.untilMs ?? 0), strikes, ...definedOnly({ sinceMs }) }
}
