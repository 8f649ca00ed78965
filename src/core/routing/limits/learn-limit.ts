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
import { type LearnedLimit, limitBy, limitWithoutProof, type Paused } from './learned-limit.ts'
import {
  addPause,
  addTaken,
  type Evidence,
  isProof,
  LATELY_MS,
  type Pace,
  paceFrom,
  withOne,
  withoutOne,
} from './pace.ts'

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

/**
 * A longer pause teaches nothing. It is that of a quota for hours or a day, and what was taken before the last minute is forgotten, so that
 * the rate would look far too low, and stay so for days.
 */
const LONGEST_PAUSE_MS = 3 * LATELY_MS

/** Whether the last pause is over by the time of the 429 that began it, however much later ones have prolonged it. */
export function isPauseOver(pace: Pace | undefined, nowMs: number): boolean {
  return pace?.evidence !== undefined && nowMs >= pace.evidence.seen.atMs
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
 * What is known by the evidence, in place of what the pause seemed to teach so far. If too few turn out to have got
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
  return isProof(seen, paused) ? limitBy(perMinute, before, paused) : limitWithoutProof(perMinute, before, paused)
}
