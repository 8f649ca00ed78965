/**
 * A limit on open requests, as 429s have taught it that say that too many are open: as many as were open besides. From the second minute on
 * each further such pause takes a tenth off, one at least; each time without one adds as much.
 *
 * @module
 */

/** How many requests an endpoint seems to take at once. */
export interface LearnedConcurrency {
  /** At `atMs`. It grows with time; see {@link concurrencyNow}. */
  readonly most: number
  readonly atMs: number
  /** After this time without such a 429 it is a tenth higher, or one. */
  readonly growMs: number
  /** Since when it is known. */
  readonly sinceMs: number
  readonly taught: TaughtConcurrency
}

/** What the last pause taught: the requests that were open when it began, and were not refused. */
interface TaughtConcurrency {
  readonly open: number
  readonly untilMs: number
  /** What held before, or a tenth less. Absent if nothing was known. */
  readonly atMost?: number
}

const STEP = 0.1

/** 20 s, or twenty times the pause if that is longer: testing a higher limit may cost such a pause. */
const GROW_MS = 20_000
const GROW_PAUSES = 20

/** Without such a 429 for so many times `growMs` it is forgotten: the limit was raised, or is not reached any more. */
const FORGOTTEN = 30

/**
 * For so long nothing is taken off: requests are still open that left before the limit was known, and nobody counts them when others are let
 * in.
 */
const NEW_MS = 60_000

/** What is known after a 429 that began a pause. @param open - The requests that were open besides, as far as this worker knows */
export function learnFromTooMany(
  before: LearnedConcurrency | undefined,
  open: number,
  pauseMs: number,
  nowMs: number,
): LearnedConcurrency {
  const held = concurrencyNow(before, nowMs)
  const sinceMs = before && held !== undefined ? before.sinceMs : nowMs
  const atMost = held !== undefined && { atMost: nowMs < sinceMs + NEW_MS ? held : held - stepOf(held) }
  const taught = { open, untilMs: nowMs + pauseMs, ...atMost }
  return { most: mostOf(taught), atMs: nowMs, growMs: Math.max(GROW_MS, GROW_PAUSES * pauseMs), sinceMs, taught }
}

/**
 * What is known after a request is heard of that left before that pause was over: another worker's, which counts (1), or one that was refused
 * after all, which does not (-1). If a hundred leave at once for an endpoint that takes five, 95 are counted wrongly until their 429s come.
 */
export function correctConcurrency(
  limit: LearnedConcurrency | undefined,
  atMs: number,
  more: 1 | -1,
): LearnedConcurrency | undefined {
  if (!limit || atMs >= limit.taught.untilMs) return limit
  const taught = { ...limit.taught, open: limit.taught.open + more }
  return { ...limit, most: mostOf(taught), taught }
}

function mostOf({ open, atMost = Number.POSITIVE_INFINITY }: TaughtConcurrency): number {
  return Math.max(1, Math.min(atMost, open))
}

/** How many requests may be open now; `undefined` if nothing is known. */
export function concurrencyNow(limit: LearnedConcurrency | undefined, nowMs: number): number | undefined {
  if (!limit) return undefined
  const times = Math.floor(Math.max(0, nowMs - limit.atMs) / limit.growMs)
  return times >= FORGOTTEN ? undefined : limit.most + times * stepOf(limit.most)
}

function stepOf(most: number): number {
  return Math.max(1, Math.floor(STEP * most))
}
