/**
 * The rate that an endpoint lets through, learned from its 429s: what it took over the time in which it was used and the pauses
 * that it asked for. It grows again while no 429 comes.
 *
 * A 429 alone says nothing of a rate: vendors send some when they are busy. It is one where the pauses take a notable part of the
 * time. Below that keeping them costs less than a wrong guess would, and a guess taken from them would be the rate at which it
 * happened to be asked.
 *
 * @module
 */

/** What left for the endpoint lately, and how long it was used for that and paused. */
export interface Pace {
  /** Attempts, 429s aside. */
  readonly taken: number
  /** Without what was idle between them. */
  readonly usedMs: number
  readonly pausedMs: number
  /** When the last one left, or the last pause ends. */
  readonly atMs: number
  /** What the limit was learned from at the last pause, where it was: none of it is among those taken since. */
  readonly taught?: Taught
}

/** Attempts that left until the end of a pause, without the 429s among them that were heard. */
interface Taught {
  readonly attempts: number
  readonly untilMs: number
  /** What each of them is worth in the limit, in attempts per minute. */
  readonly eachPerMinute: number
  /** What held before and what the vendor says, the lesser: however many are heard of later. Absent: neither is known. */
  readonly mostPerMinute?: number
}

/** A rate that an endpoint is thought to let through. */
export interface LearnedLimit {
  /** Attempts per minute at `atMs`; more later, see {@link limitNow}. */
  readonly perMinute: number
  readonly atMs: number
  /** What pauses have taught: 429s that are few do not make it less. */
  readonly leastPerMinute: number
  /** After so long without a 429 it is a tenth higher, after twice as long three, after thrice seven. */
  readonly growMs: number
}

/** With fewer attempts taken a 429 says that it is busy, not how much it takes. */
const LEAST_TAKEN = 10

/** Pauses that add up to less are over before a limit would help. Half a second: half of the shortest period that vendors count in. */
const LEAST_PAUSED_MS = 500

/** Of the time, in pauses. A fifth: it was asked for a quarter more than it took. */
const LEAST_PAUSED = 0.2

/** Below what it took, so that the next pause is some way off. */
const MARGIN = 0.9

/** What is left at least of a limit that was too high: a pause that is rounded up to seconds makes what was taken look like less. */
const BACK_OFF = 0.7

/** 20 s, or ten times the pause: finding out whether it takes more costs such a pause each time. */
const GROW_MS = 20_000
const GROW_PAUSES = 10
/** What one pause has taught may be wrong. */
const FIRST_GROW_PAUSES = 2
const GROWTH = 0.1

/** Four times what once was too much: then it is no limit any more. */
const FORGOTTEN = 4

/** What counts as lately. A minute: most limits count in it. */
const LATELY_MS = 60_000

/** A gap between two attempts counts in full up to a second, or four times the usual gap: beyond that nobody asked. */
const LONGEST_GAP_MS = 1_000
const LONGEST_GAPS = 4

/** What is older than a minute counts half. */
function addTaken(before: Pace | undefined, nowMs: number): Pace {
  if (!before) return paceFrom(nowMs, 1)
  const { taken, usedMs, pausedMs, atMs, taught } = before
  const longestMs = Math.max(LONGEST_GAP_MS, (LONGEST_GAPS * usedMs) / Math.max(1, taken))
  const gapMs = Math.min(longestMs, Math.max(0, nowMs - atMs))
  const kept = usedMs + gapMs + pausedMs > LATELY_MS ? 0.5 : 1
  return {
    taken: taken * kept + 1,
    usedMs: (usedMs + gapMs) * kept,
    pausedMs: pausedMs * kept,
    atMs: Math.max(atMs, nowMs),
    ...(taught !== undefined && { taught }),
  }
}

function paceFrom(atMs: number, taken: number): Pace {
  return { taken, usedMs: 0, pausedMs: 0, atMs }
}

/** What an endpoint's 429s have taught so far. */
export interface Lesson {
  readonly pace?: Pace
  readonly limit?: LearnedLimit
}

/**
 * What is known after one more attempt has left. One that left before the end of the pause that taught the limit, for nobody had heard
 * of it there, is among those that taught it.
 */
export function learnFromAttempt({ pace, limit }: Lesson, atMs: number): Lesson {
  if (limit && pace?.taught && atMs < pace.taught.untilMs) return corrected(pace, pace.taught, limit, 1)
  return { pace: addTaken(pace, atMs), ...(limit && { limit }) }
}

/**
 * What is known after a 429 within a pause that another one began: its attempt had left by then, and was not taken. Of a hundred that
 * leave at once for an endpoint that takes twenty, eighty are counted for taken until their 429s come.
 */
export function learnFromRefusal({ pace, limit }: Lesson): Lesson {
  if (limit && pace?.taught) return corrected(pace, pace.taught, limit, -1)
  return { ...(pace && { pace: { ...pace, taken: Math.max(0, pace.taken - 1) } }), ...(limit && { limit }) }
}

/** Counts as many as teach a limit at the least: a worker may know of few until it hears of those that others have asked for. */
function corrected(pace: Pace, before: Taught, limit: LearnedLimit, more: 1 | -1): Lesson {
  const taught = { ...before, attempts: Math.max(0, before.attempts + more) }
  const perMinute = perMinuteOf(taught)
  return { pace: { ...pace, taught }, limit: { ...limit, perMinute, leastPerMinute: perMinute } }
}

function perMinuteOf({ attempts, eachPerMinute, mostPerMinute = Number.POSITIVE_INFINITY }: Taught): number {
  return Math.min(mostPerMinute, eachPerMinute * Math.max(LEAST_TAKEN, attempts))
}

/**
 * What is known after a 429 that began a pause.
 *
 * Contract: the limit is never above what held before. It is learned, and lowered by three tenths at most, where pauses took a fifth
 * of the time, half a second at least. Another 429 at what such pauses taught or above takes a tenth from what it has grown to, but
 * nothing from what they taught; one below that says nothing.
 *
 * @param told - What the vendor says that it lets through in a minute: the bound of what is seen, and what a first 429 teaches that is
 * no evidence of a rate by itself.
 */
export function learnFromPause({ pace, limit }: Lesson, pauseMs: number, nowMs: number, told?: number): Lesson {
  const seen = addPause(pace, pauseMs, nowMs)
  const timeMs = seen.usedMs + seen.pausedMs
  const isFull = seen.pausedMs >= LEAST_PAUSED * timeMs
  const perMinute = (60_000 * seen.taken) / Math.max(1, timeMs)
  const held = limitNow(limit, nowMs)
  const next = { atMs: nowMs, growMs: growMs(pauseMs, held !== undefined) }
  if (isFull && seen.pausedMs >= LEAST_PAUSED_MS && seen.taken >= LEAST_TAKEN) {
    const most = Math.min(held ?? Number.POSITIVE_INFINITY, told ?? Number.POSITIVE_INFINITY)
    const least = Math.min(lowered(MARGIN * perMinute, held), most)
    // What bounds it otherwise is not changed by another count of those taken.
    const taught = least === MARGIN * perMinute && { taught: taughtBy(seen, least, most) }
    return {
      pace: { ...paceFrom(seen.atMs, 0), ...taught },
      limit: { perMinute: least, leastPerMinute: least, ...next },
    }
  }
  const left = { pace: isFull ? seen : paceFrom(seen.atMs, 0), ...(limit && { limit }) }
  if (!limit || held === undefined)
    return told === undefined ? left : { ...left, limit: { perMinute: told, leastPerMinute: told, ...next } }
  if (perMinute < limit.leastPerMinute) return left
  const { leastPerMinute } = limit
  return { ...left, limit: { perMinute: Math.max(leastPerMinute, MARGIN * held), leastPerMinute, ...next } }
}

function taughtBy({ taken, atMs }: Pace, perMinute: number, mostPerMinute: number): Taught {
  const eachPerMinute = perMinute / taken
  return { attempts: taken, untilMs: atMs, eachPerMinute, ...(Number.isFinite(mostPerMinute) && { mostPerMinute }) }
}

function lowered(seen: number, held: number | undefined): number {
  return Math.max(1, held === undefined ? seen : Math.min(held, Math.max(seen, BACK_OFF * held)))
}

/** Vendors name whole seconds, rounded up: half a second too many on average. */
const LEAST_ROUNDED_MS = 1_000
const ROUNDED_UP_MS = 500

/** The attempt that was refused was not taken. */
function addPause(pace: Pace | undefined, pauseMs: number, nowMs: number): Pace {
  const { taken, usedMs, pausedMs } = pace ?? paceFrom(nowMs, 1)
  const meantMs = pauseMs < LEAST_ROUNDED_MS ? pauseMs : pauseMs - ROUNDED_UP_MS
  return { taken: Math.max(0, taken - 1), usedMs, pausedMs: pausedMs + meantMs, atMs: nowMs + pauseMs }
}

function growMs(pauseMs: number, isKnown: boolean): number {
  return Math.max(GROW_MS, (isKnown ? GROW_PAUSES : FIRST_GROW_PAUSES) * pauseMs)
}

/** Attempts per minute that it is thought to let through at a time; `undefined`: nobody knows of a limit. */
export function limitNow(limit: LearnedLimit | undefined, nowMs: number): number | undefined {
  if (!limit) return undefined
  const factor = 1 + GROWTH * (2 ** (Math.max(0, nowMs - limit.atMs) / limit.growMs) - 1)
  return factor > FORGOTTEN ? undefined : limit.perMinute * factor
}
