/**
 * The rate that an endpoint lets through, learned from its 429s: what it took since the last pause, over that time and the
 * pause that it asks for. It grows again while no 429 comes.
 *
 * @module
 */

/** Attempts that left for the endpoint, 429s aside, since its last pause. */
export interface Pace {
  readonly sinceMs: number
  readonly taken: number
}

export interface LearnedLimit {
  /** Attempts per minute at `atMs`; more later, see {@link limitNow}. */
  readonly perMinute: number
  readonly atMs: number
  /** After so long without a 429 it is a tenth higher, after twice as long three, after thrice seven. */
  readonly growMs: number
}

/** With fewer attempts taken a 429 says that it is busy, not how much it takes. */
const LEAST_TAKEN = 10

/** Below what it took, so that the next pause is some way off. */
const MARGIN = 0.9

/** What is left of a limit that was too high by an amount that nobody knows. */
const BACK_OFF = 0.7

/** 20 s, or ten times the pause: finding out whether it takes more costs such a pause each time. */
const GROW_MS = 20_000
const GROW_PAUSES = 10
const GROWTH = 0.1

/** Four times what once was too much: then it is no limit any more. */
const FORGOTTEN = 4

/** What counts as lately. A minute: most limits count in it. */
const LATELY_MS = 60_000

/** The pace after one more attempt has left. What is older than a minute counts half. */
export function addTaken(before: Pace | undefined, nowMs: number): Pace {
  if (!before) return { sinceMs: nowMs, taken: 1 }
  const ageMs = nowMs - before.sinceMs
  if (ageMs <= LATELY_MS) return { ...before, taken: before.taken + 1 }
  if (ageMs > 4 * LATELY_MS) return { sinceMs: nowMs, taken: 1 }
  return { sinceMs: nowMs - ageMs / 2, taken: before.taken / 2 + 1 }
}

/**
 * The limit after a 429 that began a pause.
 *
 * Contract: never above what held before. `undefined`: too little is known.
 *
 * @param told - What the vendor says that it lets through in a minute: the bound of what is seen, and all that is known of an
 * endpoint that is seldom asked.
 */
export function learnLimit(
  before: LearnedLimit | undefined,
  pace: Pace | undefined,
  pauseMs: number,
  nowMs: number,
  told?: number,
): LearnedLimit | undefined {
  const held = limitNow(before, nowMs)
  const taken = Math.max(0, (pace?.taken ?? 0) - 1)
  const seen =
    pace && taken >= LEAST_TAKEN
      ? (MARGIN * taken * 60_000) / Math.max(1, Math.max(0, nowMs - pace.sinceMs) + pauseMs)
      : undefined
  const backedOff = held === undefined ? undefined : held * BACK_OFF
  const perMinute =
    seen === undefined ? (backedOff ?? told) : Math.min(seen, held ?? seen, told ?? Number.POSITIVE_INFINITY)
  if (perMinute === undefined) return undefined
  return { perMinute: Math.max(1, perMinute), atMs: nowMs, growMs: Math.max(GROW_MS, GROW_PAUSES * pauseMs) }
}

/** Attempts per minute that it is thought to let through at a time; `undefined`: nobody knows of a limit. */
export function limitNow(limit: LearnedLimit | undefined, nowMs: number): number | undefined {
  if (!limit) return undefined
  const factor = 1 + GROWTH * (2 ** (Math.max(0, nowMs - limit.atMs) / limit.growMs) - 1)
  return factor > FORGOTTEN ? undefined : limit.perMinute * factor
}
