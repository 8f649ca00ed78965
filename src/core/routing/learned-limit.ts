/**
 * Learns the rate that an endpoint allows from its 429s: how many attempts it accepted, over the time in which it was in use or paused. The
 * limit grows again while no 429 comes. A 429 that says so teaches a rate of tokens instead, in the same way: how many tokens these attempts
 * took, by our own count.
 *
 * A single 429 says nothing about a rate, because vendors also send some when they are busy. A limit is learned only if pauses take a
 * notable part of the time. With fewer pauses, waiting them out costs less than a wrong guess, which would only be the rate at which the
 * endpoint happened to be asked.
 *
 * @module
 */

/** How many attempts an endpoint accepted lately, and how long it was in use and paused meanwhile. */
export interface Pace {
  /** Attempts that were not answered with a 429. */
  readonly taken: number
  /** The tokens of these attempts, in and out, as far as they were known when they left. */
  readonly tokens?: number
  /** Idle time between attempts is not counted. */
  readonly usedMs: number
  readonly pausedMs: number
  /** When the last attempt left, or when the last pause ends. */
  readonly atMs: number
  /** What the last pause is judged by. `taken` and the times do not count that. */
  readonly evidence?: Evidence
}

/** What a rate is counted in. */
export type Unit = 'requests' | 'tokens'

/** What a pause is judged by, again each time that more is heard of the attempts before it. */
interface Evidence {
  /** Up to the end of the pause, without the attempts that were refused. */
  readonly seen: Pace
  readonly paused: Paused
  /** The limit that held before, in the pause's unit. */
  readonly before?: LearnedLimit
}

/** The rate that an endpoint seems to allow. */
export interface LearnedLimit {
  /** In its unit at `atMs`. It grows with time; see {@link limitNow}. */
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

/** With fewer attempts, a 429 only says that the endpoint is busy, not how much it allows. */
const LEAST_TAKEN = 10

/** Shorter pauses in sum are over before a limit would help. Half a second: half of the shortest period that vendors count in. */
const LEAST_PAUSED_MS = 500

/**
 * The least share of the time in pauses that teaches a limit. A fifth means that the endpoint was asked for a quarter more than it
 * accepted. Where the vendor named no pause it is half: nobody knows whether it would have refused for as long as we stayed away, and pauses
 * of two seconds after 429s by chance soon take a fifth.
 */
const LEAST_PAUSED = 0.2
const LEAST_PAUSED_BY_US = 0.5

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

/** How far back the pace looks, in milliseconds of use and pauses. A minute, the period of most limits. */
const LATELY_MS = 60_000

/**
 * A longer pause teaches nothing. It is that of a quota for hours or a day, and what was taken before the last minute is forgotten, so that
 * the rate would look far too low, and stay so for days.
 */
const LONGEST_PAUSE_MS = 3 * LATELY_MS

/** A gap between two attempts counts in full up to a second, or four times the usual gap: beyond that nobody asked. */
const LONGEST_GAP_MS = 1_000
const LONGEST_GAPS = 4

/** Adds an attempt. Once the pace covers more than a minute, what it has counted before weighs half. */
function addTaken(before: Pace | undefined, nowMs: number, its: number): Pace {
  if (!before) return paceFrom(nowMs, 1, its)
  const { taken, tokens = 0, usedMs, pausedMs, atMs, evidence } = before
  const longestMs = Math.max(LONGEST_GAP_MS, (LONGEST_GAPS * usedMs) / Math.max(1, taken))
  const gapMs = Math.min(longestMs, Math.max(0, nowMs - atMs))
  const kept = usedMs + gapMs + pausedMs > LATELY_MS ? 0.5 : 1
  return {
    taken: taken * kept + 1,
    tokens: tokens * kept + its,
    usedMs: (usedMs + gapMs) * kept,
    pausedMs: pausedMs * kept,
    atMs: Math.max(atMs, nowMs),
    ...(evidence && { evidence }),
  }
}

function paceFrom(atMs: number, taken: number, tokens = 0): Pace {
  return { taken, tokens, usedMs: 0, pausedMs: 0, atMs }
}

function withOne({ taken, tokens = 0, ...pace }: Pace, its: number): Pace {
  return { ...pace, taken: taken + 1, tokens: tokens + its }
}

/** One attempt less. How many tokens it had is not known any more: the mean. */
function withoutOne({ taken, tokens = 0, ...pace }: Pace): Pace {
  const left = Math.max(0, taken - 1)
  return { ...pace, taken: left, tokens: left === 0 ? 0 : (tokens * left) / taken }
}

/** What is known about an endpoint's limits. */
export interface Lesson {
  readonly pace?: Pace
  /** On requests. `undefined`: what a pause seemed to teach does not hold. */
  readonly limit?: LearnedLimit | undefined
  readonly tokenLimit?: LearnedLimit | undefined
}

const LIMIT_OF = { requests: 'limit', tokens: 'tokenLimit' } as const

/**
 * What is known after another attempt has left. If it is heard of late and had left before the end of the last pause, it counts towards
 * what that pause teaches.
 */
export function learnFromAttempt(lesson: Lesson, atMs: number, tokens: number): Lesson {
  const { pace } = lesson
  return pace?.evidence && atMs < pace.evidence.seen.atMs
    ? judged(lesson, { ...pace.evidence, seen: withOne(pace.evidence.seen, tokens) })
    : { ...lesson, pace: addTaken(pace, atMs, tokens) }
}

/**
 * What is known after a 429 during a pause that an earlier 429 began. The attempt had left before the pause and was counted as accepted,
 * which is undone. If a hundred leave at once for an endpoint that accepts twenty, eighty are counted wrongly until their 429s come.
 */
export function learnFromRefusal(lesson: Lesson): Lesson {
  const { pace } = lesson
  if (pace?.evidence) return judged(lesson, { ...pace.evidence, seen: withoutOne(pace.evidence.seen) })
  return pace ? { ...lesson, pace: withoutOne(pace) } : lesson
}

/** Whether the last pause is over by the time of the 429 that began it, however much later ones have prolonged it. */
export function isPauseOver(pace: Pace | undefined, nowMs: number): boolean {
  return pace?.evidence !== undefined && nowMs >= pace.evidence.seen.atMs
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

/**
 * What is known after a 429 that began a pause.
 *
 * Contract: the limit is never above what held before. It is learned, and lowered by three tenths at most unless it was a guess, where
 * pauses took a fifth of the time (half, if the vendor named none), half a second at least, and the last one no more than three minutes.
 * Another 429 at what such pauses taught or above takes a tenth from what it has grown to, but nothing from what they taught; one below
 * that says nothing. The limit on the other unit stays.
 */
export function learnFromPause(lesson: Lesson, paused: Paused): Lesson {
  const seen = addPause(lesson.pace, paused.pauseMs, paused.atMs)
  const anew = { ...lesson, pace: paceFrom(seen.atMs, 0) }
  if (paused.pauseMs > LONGEST_PAUSE_MS) return anew
  const before = lesson[LIMIT_OF[paused.unit]]
  return judged(anew, { seen, paused, ...(before && { before }) })
}

/**
 * What is known by the evidence, in place of what the pause seemed to teach so far. If fewer than {@link LEAST_TAKEN} turn out to have got
 * through, it taught nothing, and what held before holds. If nothing was known, what the last ten taught stays as a guess: else all who wait
 * would come at once. If nobody got through, the endpoint was down, and it taught nothing.
 */
function judged(lesson: Lesson, evidence: Evidence): Lesson {
  const name = LIMIT_OF[evidence.paused.unit]
  const isDown = evidence.seen.taken === 0
  const guess = isDown || !lesson[name] ? undefined : { ...lesson[name], isGuess: true as const }
  const pace = lesson.pace && { pace: { ...lesson.pace, evidence } }
  return { ...lesson, ...pace, [name]: limitAfter(evidence) ?? guess }
}

function limitAfter({ seen, paused, before }: Evidence): LearnedLimit | undefined {
  const counted = paused.unit === 'tokens' ? (seen.tokens ?? 0) : seen.taken
  const perMinute = (60_000 * counted) / Math.max(1, seen.usedMs + seen.pausedMs)
  return isProof(seen, paused)
    ? limitBy(MARGIN * perMinute, before, paused)
    : limitWithoutProof(perMinute, before, paused)
}

function isProof(seen: Pace, paused: Paused): boolean {
  return isPausedMuch(seen, paused) && seen.pausedMs >= LEAST_PAUSED_MS && seen.taken >= LEAST_TAKEN
}

function isPausedMuch({ usedMs, pausedMs }: Pace, { isOurs }: Paused): boolean {
  return pausedMs >= (isOurs ? LEAST_PAUSED_BY_US : LEAST_PAUSED) * (usedMs + pausedMs)
}

/** The limit that pauses have taught. */
function limitBy(
  perMinute: number,
  before: LearnedLimit | undefined,
  { pauseMs, atMs, toldPerMinute = Number.POSITIVE_INFINITY }: Paused,
): LearnedLimit {
  const held = limitNow(before, atMs)
  const least = Math.min(lowered(perMinute, held, before?.isGuess), toldPerMinute)
  return least === toldPerMinute
    ? toldLimit(least, atMs)
    : { perMinute: least, leastPerMinute: least, atMs, growMs: growMs(pauseMs, held !== undefined) }
}

/** The limit after a pause that teaches none: pauses were too short or too few. */
function limitWithoutProof(
  perMinute: number,
  before: LearnedLimit | undefined,
  { pauseMs, atMs, toldPerMinute }: Paused,
): LearnedLimit | undefined {
  const held = limitNow(before, atMs)
  if (!before || held === undefined) return toldPerMinute === undefined ? before : toldLimit(toldPerMinute, atMs)
  const { leastPerMinute, isGuess } = before
  if (perMinute < leastPerMinute) return before
  const lower = Math.max(leastPerMinute, MARGIN * held)
  return { perMinute: lower, leastPerMinute, atMs, growMs: growMs(pauseMs, true), ...(isGuess && { isGuess }) }
}

function toldLimit(perMinute: number, atMs: number): LearnedLimit {
  return { perMinute, leastPerMinute: perMinute, atMs, growMs: TOLD_GROW_MS, isTold: true }
}

function lowered(seen: number, held = seen, isGuess = false): number {
  return Math.max(1, Math.min(held, isGuess ? seen : Math.max(seen, BACK_OFF * held)))
}

/** Vendors name whole seconds, rounded up: half a second too many on average. */
const LEAST_ROUNDED_MS = 1_000
const ROUNDED_UP_MS = 500

/** Adds a pause, and takes back the attempt that was refused. */
function addPause(before: Pace | undefined, pauseMs: number, nowMs: number): Pace {
  const pace = withoutOne(before ? withUnproven(before) : paceFrom(nowMs, 1))
  const meantMs = pauseMs < LEAST_ROUNDED_MS ? pauseMs : pauseMs - ROUNDED_UP_MS
  return { ...pace, pausedMs: pace.pausedMs + meantMs, atMs: nowMs + pauseMs }
}

/**
 * With what led to the last pause, if that was too little to teach a limit. Where nobody got through before it, the endpoint was down, and
 * how long says nothing of a rate.
 */
function withUnproven({ evidence, ...pace }: Pace): Pace {
  if (!evidence) return pace
  const { seen, paused } = evidence
  if (seen.taken === 0 || isProof(seen, paused) || !isPausedMuch(seen, paused)) return pace
  return {
    taken: seen.taken + pace.taken,
    tokens: (seen.tokens ?? 0) + (pace.tokens ?? 0),
    usedMs: seen.usedMs + pace.usedMs,
    pausedMs: seen.pausedMs + pace.pausedMs,
    atMs: pace.atMs,
  }
}

function growMs(pauseMs: number, isKnown: boolean): number {
  return Math.max(GROW_MS, (isKnown ? GROW_PAUSES : FIRST_GROW_PAUSES) * pauseMs)
}

/** What the endpoint is thought to let through in a minute now, in the limit's unit; `undefined` if no limit is known. */
export function limitNow(limit: LearnedLimit | undefined, nowMs: number): number | undefined {
  if (!limit) return undefined
  const factor = 1 + GROWTH * (2 ** (Math.max(0, nowMs - limit.atMs) / limit.growMs) - 1)
  return factor > FORGOTTEN ? undefined : limit.perMinute * factor
}
