/**
 * What was seen of an endpoint: how many attempts, and tokens, it let through over the time in which it was in use or paused. Decides whether
 * that proves a rate.
 *
 * @module
 */
import type { LearnedRate, Paused } from './learned-rate.ts'

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
  readonly evidence?: PauseEvidence
}

/** What a pause is judged by, again each time that more is heard of the attempts before it. */
export interface PauseEvidence {
  /** Up to the end of the pause, without the attempts that were refused. */
  readonly seen: Pace
  readonly paused: Paused
  /** The limit that held before, in the pause's unit. */
  readonly before?: LearnedRate
}

/** How far back the pace looks, in milliseconds of use and pauses. A minute, the period of most limits. */
export const LATELY_MS = 60_000

/** A gap between two attempts counts in full up to a second, or four times the usual gap: beyond that nobody asked. */
const LONGEST_GAP_MS = 1_000
const LONGEST_GAPS = 4

/** Adds an attempt. Once the pace covers more than a minute, what it has counted before weighs half. */
export function addTaken(before: Pace | undefined, nowMs: number, itsTokens: number): Pace {
  if (!before) return paceFrom(nowMs, 1, itsTokens)
  const { taken, tokens = 0, usedMs, pausedMs, atMs, evidence } = before
  const longestMs = Math.max(LONGEST_GAP_MS, (LONGEST_GAPS * usedMs) / Math.max(1, taken))
  const gapMs = Math.min(longestMs, Math.max(0, nowMs - atMs))
  const kept = usedMs + gapMs + pausedMs > LATELY_MS ? 0.5 : 1
  return {
    taken: taken * kept + 1,
    tokens: tokens * kept + itsTokens,
    usedMs: (usedMs + gapMs) * kept,
    pausedMs: pausedMs * kept,
    atMs: Math.max(atMs, nowMs),
    ...(evidence && { evidence }),
  }
}

export function paceFrom(atMs: number, taken: number, tokens = 0): Pace {
  return { taken, tokens, usedMs: 0, pausedMs: 0, atMs }
}

export function withOne({ taken, tokens = 0, ...pace }: Pace, itsTokens: number): Pace {
  return { ...pace, taken: taken + 1, tokens: tokens + itsTokens }
}

/** One attempt less. How many tokens it had is not known any more: the mean. */
export function withoutOne({ taken, tokens = 0, ...pace }: Pace): Pace {
  const left = Math.max(0, taken - 1)
  return { ...pace, taken: left, tokens: left === 0 ? 0 : (tokens * left) / taken }
}

/** Vendors name whole seconds, rounded up: half a second too many on average. */
const LEAST_ROUNDED_MS = 1_000
const ROUNDED_UP_MS = 500

/** Adds a pause, and takes back the attempt that was refused. */
export function addPause(before: Pace | undefined, pauseMs: number, nowMs: number): Pace {
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

/** Whether what was seen is evidence of a rate, and not of a busy endpoint. */
export function isProof(seen: Pace, paused: Paused): boolean {
  return isPausedMuch(seen, paused) && seen.pausedMs >= LEAST_PAUSED_MS && seen.taken >= LEAST_TAKEN
}

function isPausedMuch({ usedMs, pausedMs }: Pace, { isOurs }: Paused): boolean {
  return pausedMs >= (isOurs ? LEAST_PAUSED_BY_US : LEAST_PAUSED) * (usedMs + pausedMs)
}
