/**
 * A limit on requests or tokens a minute, as an endpoint's 429s have taught it. Decides what it becomes by a pause, and what it grows to while
 * no 429 comes.
 *
 * @module
 */

/** What a rate is counted in. */
export type Unit = 'requests' | 'tokens'

/** The rate that an endpoint seems to allow. */
export interface LearnedRate {
  /** Of requests or tokens, at `atMs`. It grows with time; see {@link rateNow}. */
  readonly perMinute: number
  readonly atMs: number
  /** The rate that pauses have taught. A few 429s do not lower the limit below this. */
  readonly leastPerMinute: number
  /** After this time without a 429 the limit is a tenth higher, after twice this three tenths, after three times seven tenths. */
  readonly growMs: number
  /** Set if it is what the vendor says. */
  readonly isTold?: true
  /** Set if fewer got through than prove a rate. What ten prove later may be far lower, and holds at once. */
  readonly isGuess?: true
}

/** A 429 that began a pause. */
export interface Paused {
  readonly pauseMs: number
  readonly atMs: number
  /** What there was too much of. */
  readonly unit: Unit
  /** Set if the vendor named no pause. */
  readonly isOurs?: true
  /**
   * What the vendor says that it lets through in a minute: the bound of what is seen, and what a first 429 teaches that is no evidence of a
   * rate by itself.
   */
  readonly toldPerMinute?: number
}

/** The limit is set a little below what the endpoint took, so that the next pause is some way off. */
const MARGIN = 0.9

/**
 * A single pause lowers a limit to no less than this share. Vendors round pauses up to seconds, which makes the rate look lower than it
 * was.
 */
const BACK_OFF = 0.7

/**
 * The time after which a limit has grown by a tenth: 20 s, or five times the pause if that is longer, because testing a higher limit may
 * cost such a pause.
 */
const GROW_MS = 20_000
const GROW_PAUSES = 5
/** For the first pause, which may have taught something wrong. */
const FIRST_GROW_PAUSES = 2
const GROWTH = 0.1

/** While a limit is what the vendor says it is, nothing is gained by testing a higher one: it grows by a tenth in five minutes. */
const TOLD_GROW_MS = 300_000

/**
 * A limit that has grown to thirty times what it was is forgotten. Much sooner, and all calls that wait would come at once, to find the
 * limit again.
 */
const FORGOTTEN = 30

/** The limit after a pause that proves one. @param perMinute - How many got through, of requests or of tokens */
export function provenRate(
  perMinute: number,
  before: LearnedRate | undefined,
  { pauseMs, atMs, toldPerMinute = Number.POSITIVE_INFINITY }: Paused,
): LearnedRate {
  const held = rateNow(before, atMs)
  const least = Math.min(lowered(MARGIN * perMinute, held, before?.isGuess), toldPerMinute)
  return least === toldPerMinute
    ? toldRate(least, atMs)
    : { perMinute: least, leastPerMinute: least, atMs, growMs: growMs(pauseMs, held !== undefined) }
}

/** The limit after a pause that proves none: pauses were too short, or too few got through. `undefined` where none is known. */
export function unprovenRate(
  perMinute: number,
  before: LearnedRate | undefined,
  { pauseMs, atMs, toldPerMinute }: Paused,
): LearnedRate | undefined {
  const held = rateNow(before, atMs)
  if (!before || held === undefined) return toldPerMinute === undefined ? before : toldRate(toldPerMinute, atMs)
  const { leastPerMinute, isGuess } = before
  if (perMinute < leastPerMinute) return before
  const lower = Math.max(leastPerMinute, MARGIN * held)
  return { perMinute: lower, leastPerMinute, atMs, growMs: growMs(pauseMs, true), ...(isGuess && { isGuess }) }
}

function toldRate(perMinute: number, atMs: number): LearnedRate {
  return { perMinute, leastPerMinute: perMinute, atMs, growMs: TOLD_GROW_MS, isTold: true }
}

function lowered(seen: number, held = seen, isGuess = false): number {
  return Math.max(1, Math.min(held, isGuess ? seen : Math.max(seen, BACK_OFF * held)))
}

function growMs(pauseMs: number, isKnown: boolean): number {
  return Math.max(GROW_MS, (isKnown ? GROW_PAUSES : FIRST_GROW_PAUSES) * pauseMs)
}

/** What the endpoint is thought to let through in a minute now, in the limit's unit; `undefined` if no limit is known. */
export function rateNow(limit: LearnedRate | undefined, nowMs: number): number | undefined {
  if (!limit) return undefined
  const factor = 1 + GROWTH * (2 ** (Math.max(0, nowMs - limit.atMs) / limit.growMs) - 1)
  return factor > FORGOTTEN ? undefined : limit.perMinute * factor
}
