/**
 * What an endpoint's 429s teach about the limits of its vendor. Begin here: this file decides which limit an attempt or a 429 tells of, the
 * others what it comes to. In the order in which it happens:
 *
 * 1. **An attempt leaves.** Until more is heard it counts as let through, with its tokens (`pace.ts`), and as open ({@link learnFromLeft}).
 * 2. **A 429 begins a pause** of the endpoint (`cooldown.ts`). Its words say which limit it is about: on open requests
 *    (`learned-concurrency.ts`), on tokens a minute, or else on requests a minute (both `learned-rate.ts`). {@link learnFrom429}
 * 3. **A rate needs evidence**: what was let through, over the time in which the endpoint was in use or paused. A single 429 says nothing
 *    about a rate, because vendors also send some when they are busy. Only where pauses take a notable part of the time do they prove one
 *    (`pace.ts`). With fewer pauses, waiting them out costs less than a wrong guess, which would only be the rate at which the endpoint
 *    happened to be asked. Open requests need none: the first such 429 teaches how many were open besides.
 * 4. **What is heard late corrects it.** Attempts that left before the end of the pause are told by other workers, or get a 429 themselves.
 *    With each, what the pause taught is judged anew.
 * 5. **A limit grows** while no such 429 comes, and so is tested; after long it is forgotten ({@link learnedLimits}).
 * 6. **Calls start by it.** `scope-limits.ts` takes it where no less is configured, `admission.ts` says when a request may start by that,
 *    and the store keeps count for all workers.
 *
 * 1 to 4 are steps of the endpoint's health (`../health/record-outcome.ts`): each worker takes them with all that it sees and hears, and the store
 * with what all have told it.
 *
 * @module
 */
import { definedOnly } from '../../defined-only.ts'
import type { RateLimits } from '../../endpoints.ts'
import type { Evidence } from '../../faults/fault.ts'
import { concurrencyNow, correctConcurrency, type LearnedConcurrency, learnFromTooMany } from './learned-concurrency.ts'
import { type LearnedRate, type Paused, provenRate, rateNow, type Unit, unprovenRate } from './learned-rate.ts'
import {
  addPause,
  addTaken,
  isProof,
  LATELY_MS,
  type Pace,
  type PauseEvidence,
  paceFrom,
  withOne,
  withoutOne,
} from './pace.ts'

/** What is known of an endpoint's limits: a part of its health, which all workers read and write under these names. */
export interface LimitsKnown {
  readonly pace?: Pace
  /** On requests a minute. `undefined`: what a pause seemed to teach does not hold. */
  readonly limit?: LearnedRate | undefined
  /** On tokens a minute. */
  readonly tokenLimit?: LearnedRate | undefined
  /** On open requests. */
  readonly concurrency?: LearnedConcurrency
  /** Attempts that have left and not ended, as far as is known. */
  readonly open?: number
  /** What the vendor says of its limits. Used only when 429s show that they are reached. */
  readonly told?: RateLimits
}

/** A 429, with the pause that the endpoint is in now. */
export interface Refusal extends Pick<Evidence, 'limitedBy' | 'retryAfterMs'> {
  readonly atMs: number
  /** From now to the end of the pause. */
  readonly pauseMs: number
  /** The endpoint was not paused before. */
  readonly beginsPause: boolean
  /** Prompts were read from its cache lately. */
  readonly readsCache: boolean
}

const RATE_ON = { requests: 'limit', tokens: 'tokenLimit' } as const

/** What changes when an attempt has left, for about so many tokens in and out. */
export function learnFromLeft(known: LimitsKnown, tokens: number, atMs: number): LimitsKnown {
  const concurrency = correctConcurrency(known.concurrency, atMs, 1)
  return {
    ...rateAfterLeft(known, tokens, atMs),
    open: (known.open ?? 0) + 1,
    ...(concurrency && { concurrency }),
  }
}

/** One that is heard of late, and had left before the end of the last pause, counts towards what that pause teaches. */
function rateAfterLeft(known: LimitsKnown, tokens: number, atMs: number): LimitsKnown {
  const { pace } = known
  if (!pace?.evidence || atMs >= pace.evidence.seen.atMs) return { pace: addTaken(pace, atMs, tokens) }
  return judge(known, pace, { ...pace.evidence, seen: withOne(pace.evidence.seen, tokens) })
}

/** What changes when an attempt has ended. @param refusal - Given if it got a 429 */
export function learnFromEnd(known: LimitsKnown, refusal: Refusal | undefined): LimitsKnown {
  return {
    ...(refusal && learnFrom429(known, refusal)),
    ...(known.open !== undefined && { open: openBesides(known) }),
  }
}

/**
 * What changes when a 429 has come. Only the first of a pause teaches a new limit. Attempts that get one during the pause had left before it,
 * and correct what was learned. Of these, what comes after the time of the first is of workers that had not heard of it yet, and is the first
 * of a pause of its own.
 */
function learnFrom429(known: LimitsKnown, refusal: Refusal): LimitsKnown {
  if (refusal.limitedBy === 'concurrency') return { concurrency: concurrencyAfter429(known, refusal) }
  const { pace } = known
  const isPauseOver = pace?.evidence !== undefined && refusal.atMs >= pace.evidence.seen.atMs
  return refusal.beginsPause || isPauseOver ? rateAfterPause(known, refusal) : rateAfterCorrection(known)
}

function concurrencyAfter429(known: LimitsKnown, { atMs, pauseMs, beginsPause }: Refusal): LearnedConcurrency {
  const corrected = beginsPause ? undefined : correctConcurrency(known.concurrency, atMs, -1)
  return corrected ?? learnFromTooMany(known.concurrency, openBesides(known), pauseMs, atMs)
}

/** How many attempts are open once another one has ended. */
function openBesides({ open = 0 }: LimitsKnown): number {
  return Math.max(0, open - 1)
}

/**
 * A longer pause teaches nothing. It is that of a quota for hours or a day. What was taken before the last minute is forgotten, so the rate
 * would look far too low, and stay so for days.
 */
const LONGEST_PAUSE_MS = 3 * LATELY_MS

/**
 * What changes by a 429 that began a pause. The limit on the other unit stays.
 *
 * Contract: the limit is never above what held before.
 *
 * - Pauses that took a fifth of the time (half, if the vendor named none), and half a second at least, prove a limit. It is lower by three
 *   tenths at most, unless what held before was a guess.
 * - Shorter ones take a tenth from what the limit has grown to, but nothing from what proof has taught. If fewer than that got through, the
 *   429 says nothing.
 * - A pause of more than three minutes teaches nothing.
 */
function rateAfterPause(known: LimitsKnown, refusal: Refusal): LimitsKnown {
  const { pauseMs, atMs } = refusal
  const seen = addPause(known.pace, pauseMs, atMs)
  const pace = paceFrom(seen.atMs, 0)
  if (pauseMs > LONGEST_PAUSE_MS) return { pace }
  const paused = pausedBy(known, refusal)
  const before = known[RATE_ON[paused.unit]]
  return judge(known, pace, { seen, paused, ...(before && { before }) })
}

function pausedBy(known: LimitsKnown, { pauseMs, atMs, limitedBy, retryAfterMs, readsCache }: Refusal): Paused {
  const unit = limitedBy === 'tokens' ? 'tokens' : 'requests'
  const toldPerMinute = toldPerMinuteOf(known, unit, readsCache)
  return {
    pauseMs,
    atMs,
    unit,
    ...(retryAfterMs === undefined && { isOurs: true as const }),
    ...(toldPerMinute !== undefined && { toldPerMinute }),
  }
}

/**
 * What the vendor says that it lets through in a minute. Of tokens only where prompts are not read from its cache: most vendors do not count
 * what is, so that by our count they let many times more through than they say.
 */
function toldPerMinuteOf({ told }: LimitsKnown, unit: Unit, readsCache: boolean): number | undefined {
  if (unit === 'requests') return told?.requestsPerMinute
  return readsCache ? undefined : told?.tokensPerMinute
}

/**
 * What changes by a further 429 of a pause. Its attempt had left before the pause and was counted as let through, which is undone. If a
 * hundred leave at once for an endpoint that accepts twenty, eighty are counted wrongly until their 429s come.
 */
function rateAfterCorrection(known: LimitsKnown): LimitsKnown {
  const { pace } = known
  if (!pace) return {}
  const { evidence } = pace
  return evidence ? judge(known, pace, { ...evidence, seen: withoutOne(evidence.seen) }) : { pace: withoutOne(pace) }
}

/** The limit on the evidence's unit becomes what that shows, in place of what the pause seemed to teach so far. */
function judge(known: LimitsKnown, pace: Pace, evidence: PauseEvidence): LimitsKnown {
  const name = RATE_ON[evidence.paused.unit]
  return { pace: { ...pace, evidence }, [name]: rateShownBy(evidence, known[name]) }
}

/**
 * The rate that the evidence shows. If too few turn out to have got through, it shows none, and what held before the pause holds. If nothing
 * was known then, what the last ten taught stays as a guess: else all who wait would come at once. If nobody got through, the endpoint was
 * down, and the pause taught nothing.
 */
function rateShownBy({ seen, paused, before }: PauseEvidence, soFar: LearnedRate | undefined): LearnedRate | undefined {
  const counted = paused.unit === 'tokens' ? (seen.tokens ?? 0) : seen.taken
  const perMinute = (60_000 * counted) / Math.max(1, seen.usedMs + seen.pausedMs)
  const shown = isProof(seen, paused) ? provenRate(perMinute, before, paused) : unprovenRate(perMinute, before, paused)
  if (shown) return shown
  return seen.taken === 0 || !soFar ? undefined : { ...soFar, isGuess: true }
}

/** Forgets a limit on tokens that is what the vendor says, once a prompt is read from its cache, and the pause that is judged by it. */
export function heedCache<Known extends LimitsKnown>(known: Known): Known | Omit<Known, 'tokenLimit' | 'pace'> {
  if (!known.tokenLimit?.isTold) return known
  const { tokenLimit: _, pace: _seen, ...kept } = known
  return kept
}

/** The learned limits as they hold at a time. Rates need not be whole numbers. */
export function learnedLimits(known: LimitsKnown, nowMs: number): RateLimits {
  return definedOnly({
    requestsPerMinute: rateNow(known.limit, nowMs),
    tokensPerMinute: rateNow(known.tokenLimit, nowMs),
    concurrency: concurrencyNow(known.concurrency, nowMs),
  })
}
