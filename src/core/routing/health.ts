/**
 * The health of one endpoint, from the outcomes of attempts: breaker, cool-down, latency, measurements, ejection and learned limit. Plain
 * JSON, one state per endpoint.
 *
 * @module
 */
import type { RateLimits } from '../endpoints.ts'
import type { Fault } from '../faults/fault.ts'
import { remedyFor } from '../faults/remedies.ts'
import { advanceBreaker, type BreakerEvent, type BreakerState, CLOSED, closedTo } from './breaker.ts'
import { type Cooldown, coolDown } from './cooldown.ts'
import { type Ejection, ejectOutlier } from './ejection.ts'
import { addLatency, type Latency } from './latency.ts'
import { correctConcurrency, type LearnedConcurrency, learnFromTooMany } from './learned-concurrency.ts'
import {
  isPauseOver,
  type LearnedLimit,
  type Lesson,
  learnFromAttempt,
  learnFromPause,
  learnFromRefusal,
  type Pace,
  type Unit,
} from './learned-limit.ts'
import { addSample, NOTHING_MEASURED, type Sample, type Window } from './measured.ts'

/** Everything that is remembered of one endpoint. */
export interface HealthState {
  readonly breaker: BreakerState
  readonly cooldown?: Cooldown
  readonly latency?: Latency
  /** Recent measurements. */
  readonly window?: Window
  readonly ejected?: Ejection
  /** When the last request left that it answered, from any worker. */
  readonly acceptedAtMs?: number
  readonly pace?: Pace
  readonly limit?: LearnedLimit | undefined
  /** The same in tokens. */
  readonly tokenLimit?: LearnedLimit | undefined
  /** Attempts that have left and not ended, as far as is known. */
  readonly open?: number
  readonly concurrency?: LearnedConcurrency
  /** What the vendor says of its limits. Used only when 429s show that they are reached. */
  readonly told?: RateLimits
}

/** An endpoint that nobody has asked yet. */
export const UNTRIED_HEALTH: HealthState = { breaker: CLOSED }

/**
 * What happens to an endpoint's health.
 *
 * `answered` and `fault`: how an attempt ended. `lost`: it was cancelled or we failed, which says nothing about the endpoint. `asked`: an
 * attempt has left, for about so many tokens in and out, which older workers do not say. `told`: the vendor has named its limits.
 * `renewed`: somebody may have repaired the key or the account.
 */
export type HealthOutcome =
  | { readonly kind: 'asked'; readonly tokens?: number }
  | { readonly kind: 'told'; readonly limits: RateLimits }
  | ({ readonly kind: 'answered' } & Omit<Sample, 'outcome'>)
  | { readonly kind: 'fault'; readonly fault: Fault; readonly firstTokenMs?: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'renewed' }

/** How long a bad key keeps an endpoint closed: 5 min. Somebody has to change it, and a probe costs nothing. */
export const UNAUTHENTICATED_MS = 300_000

/** How long an exhausted quota does when the vendor names no reset. 5 min: somebody has to raise it, and every call fails until a probe finds that. */
export const QUOTA_RESET_MS = 300_000

/**
 * An outcome as other workers learn of it. It has the clock and the chance of the worker that saw it, so that it changes every copy of the
 * state in the same way.
 */
export interface Seen {
  readonly outcome: HealthOutcome
  readonly atMs: number
  readonly chance: number
  /** For a failure: how often the model's other endpoints fail; see {@link ejectOutlier}. */
  readonly peerFailureChance?: number
}

/** The state after an attempt has left or ended. */
export function recordOutcome(before: HealthState | undefined, seen: Seen): HealthState {
  const { outcome, atMs, chance } = seen
  const state = heedCache(before ?? UNTRIED_HEALTH, outcome)
  if (outcome.kind === 'asked') return afterAsked(state, outcome.tokens ?? 0, atMs)
  if (outcome.kind === 'told') return { ...state, told: outcome.limits }
  if (outcome.kind === 'renewed')
    return { ...state, breaker: advanceBreaker(state.breaker, { kind: 'due' }, atMs, chance) }
  const firstTokenMs = outcome.kind === 'lost' ? undefined : outcome.firstTokenMs
  const cooldown = cooldownAfter(state.cooldown, outcome, atMs, chance)
  const latency = firstTokenMs === undefined ? state.latency : addLatency(state.latency, firstTokenMs)
  const { cooldown: _, ...kept } = state
  return {
    ...kept,
    breaker: advanceBreaker(state.breaker, breakerEvent(outcome, atMs), atMs, chance),
    ...(cooldown && { cooldown }),
    ...(latency && { latency }),
    ...(outcome.kind === 'answered' && { acceptedAtMs: acceptedAt(state, outcome, atMs) }),
    ...judge(state.ejected, measure(state.window, outcome, atMs), seen),
    ...slowDown(state, outcome, cooldown, atMs),
    ...(state.open !== undefined && { open: openAfter(state) }),
  }
}

function afterAsked(state: HealthState, tokens: number, atMs: number): HealthState {
  const concurrency = correctConcurrency(state.concurrency, atMs, 1)
  return {
    ...state,
    ...learnFromAttempt(lessonOf(state), atMs, tokens),
    open: (state.open ?? 0) + 1,
    ...(concurrency && { concurrency }),
  }
}

/** How many attempts are open once another one has ended. */
function openAfter({ open = 0 }: HealthState): number {
  return Math.max(0, open - 1)
}

/** The state after several outcomes, in the order in which they were seen. */
export function recordAll(before: HealthState | undefined, seen: readonly Seen[]): HealthState {
  return seen.reduce<HealthState>(recordOutcome, before ?? UNTRIED_HEALTH)
}

/** How far two clocks may be apart, and how late the news of other workers may come. */
const APART_MS = 60_000

/**
 * The state in case a clock was wrong. What is said to have been seen later than now was seen by one that was wrong then, or has been set
 * back since: an endpoint would be closed for as long. Nothing is known then, and the next attempts tell.
 */
export function credibleHealth(state: HealthState | undefined, nowMs: number): HealthState | undefined {
  return state?.window && state.window.atMs > nowMs + APART_MS ? undefined : state
}

function acceptedAt({ acceptedAtMs = 0 }: HealthState, { totalMs = 0 }: Partial<Sample>, nowMs: number): number {
  return Math.max(acceptedAtMs, nowMs - totalMs)
}

function judge(ejected: Ejection | undefined, window: Window, { outcome, atMs, peerFailureChance }: Seen) {
  return (outcome.kind === 'fault' && ejectOutlier(ejected, window, peerFailureChance, atMs)) || { window }
}

/**
 * What a 429 teaches about the endpoint's limit. Only the first 429 of a pause teaches a new limit. Attempts that get a 429 during a pause
 * had left before it, and correct what was learned. Those that name a time prolong the cool-down: what comes after the time of the first is
 * of workers that had not heard of it yet, and is the first of a pause of its own.
 */
function slowDown(
  state: HealthState,
  outcome: HealthOutcome,
  cooldown: Cooldown | undefined,
  nowMs: number,
): Lesson & Pick<HealthState, 'concurrency'> {
  const cools = outcome.kind === 'fault' && remedyFor(outcome.fault.kind).health === 'cools'
  if (!cools || !cooldown) return {}
  const { cooldown: before, concurrency } = state
  const pauseMs = cooldown.untilMs - nowMs
  const isFirst = !before || nowMs >= before.untilMs
  if (outcome.fault.evidence.limitedBy === 'concurrency') {
    const its = isFirst ? undefined : correctConcurrency(concurrency, nowMs, -1)
    return { concurrency: its ?? learnFromTooMany(concurrency, openAfter(state), pauseMs, nowMs) }
  }
  if (!isFirst && !isPauseOver(state.pace, nowMs)) return learnFromRefusal(lessonOf(state))
  const { limitedBy, retryAfterMs } = outcome.fault.evidence
  const unit = limitedBy === 'tokens' ? 'tokens' : 'requests'
  const toldPerMinute = toldOf(state, unit)
  return learnFromPause(lessonOf(state), {
    pauseMs,
    atMs: nowMs,
    unit,
    ...(retryAfterMs === undefined && { isOurs: true as const }),
    ...(toldPerMinute !== undefined && { toldPerMinute }),
  })
}

/**
 * What the vendor says that it lets through in a minute. Of tokens only where prompts are not read from its cache: most vendors do not count
 * what is, so that by our count they let many times more through than they say.
 */
function toldOf({ told, window }: HealthState, unit: Unit): number | undefined {
  if (unit === 'requests') return told?.requestsPerMinute
  return window && window.read > 0 ? undefined : told?.tokensPerMinute
}

/** Forgets what the vendor says of tokens as soon as a prompt is read from its cache, and the pause that is judged by it. */
function heedCache(state: HealthState, outcome: HealthOutcome): HealthState {
  if (outcome.kind !== 'answered' || !outcome.readTokens || !state.tokenLimit?.isTold) return state
  const { tokenLimit: _, pace: _seen, ...kept } = state
  return kept
}

function lessonOf({ pace, limit, tokenLimit }: HealthState): Lesson {
  return { ...(pace && { pace }), ...(limit && { limit }), ...(tokenLimit && { tokenLimit }) }
}

type Silent = Extract<HealthOutcome, { kind: 'lost' | 'asked' | 'told' | 'renewed' }>

/** Whether the outcome says nothing about the endpoint's health. */
function saysNothing(outcome: HealthOutcome): outcome is Silent {
  return outcome.kind !== 'answered' && outcome.kind !== 'fault'
}

function measure(before: Window | undefined, outcome: HealthOutcome, nowMs: number): Window {
  const window = before ?? NOTHING_MEASURED
  if (saysNothing(outcome)) return window
  if (outcome.kind === 'answered') return addSample(window, { ...outcome, outcome: 'answered' }, nowMs)
  const { health } = remedyFor(outcome.fault.kind)
  if (health === 'cools') return addSample(window, { outcome: 'rate-limited' }, nowMs)
  if (health === 'half') return addSample(window, { outcome: 'malformed' }, nowMs)
  const counts = health !== 'none' && health !== 'never' && health !== 'not-an-attempt'
  return counts ? addSample(window, { outcome: 'failed' }, nowMs) : window
}

/** An answer resets the count of 429s, but does not shorten a pause that began with another attempt. */
function cooldownAfter(
  before: Cooldown | undefined,
  outcome: HealthOutcome,
  nowMs: number,
  chance: number,
): Cooldown | undefined {
  if (outcome.kind === 'answered')
    return before && before.untilMs > nowMs ? { untilMs: before.untilMs, strikes: 0 } : undefined
  const cools = outcome.kind === 'fault' && remedyFor(outcome.fault.kind).health === 'cools'
  return cools ? coolDown(before, outcome.fault.evidence.retryAfterMs, nowMs, chance) : before
}

/**
 * What the outcome means for the breaker. A fault that is not the endpoint's own still shows that it answers, which is all that a probe is
 * for.
 */
function breakerEvent(outcome: HealthOutcome, nowMs: number): BreakerEvent {
  if (outcome.kind === 'answered') return { kind: 'success' }
  if (saysNothing(outcome)) return { kind: 'probe-end' }
  switch (remedyFor(outcome.fault.kind).health) {
    case 'full':
      return { kind: 'failure', weight: 1 }
    case 'half':
      return { kind: 'failure', weight: 0.5 }
    case 'opens':
      return { kind: 'open', untilMs: nowMs + UNAUTHENTICATED_MS, fault: outcome.fault }
    case 'opens-until-reset':
      return {
        kind: 'open',
        untilMs: nowMs + (outcome.fault.evidence.retryAfterMs ?? QUOTA_RESET_MS),
        fault: outcome.fault,
      }
    case 'none':
    case 'cools':
      return { kind: 'success' }
    case 'never':
    case 'not-an-attempt':
      return { kind: 'probe-end' }
  }
}

/** Whether the two states differ in whether the endpoint is open or closed, or until when. Other workers should know that at once. */
export function differsInOpening(a: HealthState | undefined, b: HealthState): boolean {
  const before = a ?? UNTRIED_HEALTH
  return (
    before.breaker.phase !== b.breaker.phase ||
    openUntil(before) !== openUntil(b) ||
    before.cooldown?.untilMs !== b.cooldown?.untilMs
  )
}

function openUntil({ breaker }: HealthState): string {
  return breaker.phase === 'open' ? `${breaker.untilMs} ${breaker.probeUntilMs}` : ''
}

/** Whether the next attempt would be a probe. Only one probe may be out. */
export function isDueForProbe({ breaker }: HealthState, nowMs: number): boolean {
  return breaker.phase === 'open' && closedTo(breaker, nowMs) === undefined
}

/**
 * Asks for permission right before an attempt leaves. While the breaker is half open, one attempt is admitted, and no other until it has
 * ended.
 *
 * @returns `granted: false` if another endpoint must be asked.
 */
export function claimProbe(
  before: HealthState | undefined,
  nowMs: number,
): { readonly granted: boolean; readonly next: HealthState } {
  const state = before ?? UNTRIED_HEALTH
  if (state.breaker.phase === 'closed') return { granted: true, next: state }
  if (closedTo(state.breaker, nowMs) !== undefined) return { granted: false, next: state }
  return { granted: true, next: { ...state, breaker: advanceBreaker(state.breaker, { kind: 'probe' }, nowMs, 0) } }
}
