/**
 * The health of one endpoint after another outcome: breaker, cool-down, latency, measurements, ejection and learned limits.
 *
 * @module
 */
import { remedyFor } from '../../faults/remedies.ts'
import { type Cooldown, coolDown, isLongPause } from '../limits/cooldown.ts'
import { heedCache, learnFromEnd, learnFromLeft, type Refusal } from '../limits/learned-limits.ts'
import { advanceBreaker, type BreakerEvent } from './breaker.ts'
import { type Ejection, ejectOutlier } from './ejection.ts'
import { type HealthOutcome, type HealthState, type Seen, UNTRIED_HEALTH } from './health-state.ts'
import { addLatency } from './latency.ts'
import { addSample, NOTHING_MEASURED, type Sample, type Window } from './measured.ts'

/** How long a bad key keeps an endpoint closed: 5 min. Somebody has to change it, and a probe costs nothing. */
export const UNAUTHENTICATED_MS = 300_000

/** How long an exhausted quota does when the vendor names no reset. 5 min: somebody has to raise it, and every call fails until a probe finds that. */
export const QUOTA_RESET_MS = 300_000

/** The state after something has happened at the endpoint. */
export function recordOutcome(before: HealthState | undefined, seen: Seen): HealthState {
  const state = before ?? UNTRIED_HEALTH
  const { outcome, atMs, chance } = seen
  switch (outcome.kind) {
    case 'asked':
      return { ...state, ...learnFromLeft(state, outcome.tokens ?? 0, atMs) }
    case 'told':
      return { ...state, told: outcome.limits }
    case 'renewed':
      return renewed(state, atMs, chance)
    case 'answered':
      return recordEnd(outcome.readTokens ? heedCache(state) : state, outcome, seen)
    case 'fault':
    case 'lost':
      return recordEnd(state, outcome, seen)
  }
}

/** How an attempt has ended. */
type Ended = Extract<HealthOutcome, { kind: 'answered' | 'fault' | 'lost' }>

function recordEnd(state: HealthState, end: Ended, seen: Seen): HealthState {
  const { atMs, chance } = seen
  const firstTokenMs = end.kind === 'lost' ? undefined : end.firstTokenMs
  const cooldown = cooldownAfter(state.cooldown, end, atMs, chance)
  const latency = firstTokenMs === undefined ? state.latency : addLatency(state.latency, firstTokenMs)
  const { cooldown: _, ...kept } = state
  return {
    ...kept,
    breaker: advanceBreaker(state.breaker, breakerEvent(end, atMs), atMs, chance),
    ...(cooldown && { cooldown }),
    ...(latency && { latency }),
    ...(end.kind === 'answered' && { acceptedAtMs: acceptedAt(state, end, atMs) }),
    ...judge(state.ejected, measure(state.window, end, atMs), seen),
    ...learnFromEnd(state, refusalOf(end, { before: state, cooldown, atMs })),
  }
}

/** One attempt may find out whether the endpoint answers again. What was seen before a long pause says nothing of the time after it. */
function renewed(state: HealthState, atMs: number, chance: number): HealthState {
  const breaker = advanceBreaker(state.breaker, { kind: 'due' }, atMs, chance)
  if (!isLongPause(state.cooldown, atMs)) return { ...state, breaker }
  const { cooldown: _, pace: _seen, concurrency: _most, ...kept } = state
  // Else all who wait for the end of the pause would ask at once, and again with each start of a worker that crashes.
  return { ...kept, breaker: breaker.phase === 'closed' ? { phase: 'open', untilMs: atMs, openings: 1 } : breaker }
}

/** The state after several outcomes, in the order in which they were seen. */
export function recordAll(before: HealthState | undefined, seen: readonly Seen[]): HealthState {
  return seen.reduce<HealthState>(recordOutcome, before ?? UNTRIED_HEALTH)
}

interface Cooling {
  readonly before: HealthState
  /** The pause that the endpoint is in by then. */
  readonly cooldown: Cooldown | undefined
  readonly atMs: number
}

/** The 429 that the attempt has got, if it has. */
function refusalOf(end: Ended, { before, cooldown, atMs }: Cooling): Refusal | undefined {
  if (!cools(end) || !cooldown) return undefined
  const { limitedBy, retryAfterMs } = end.fault.evidence
  const pausedUntilMs = before.cooldown?.untilMs ?? 0
  return {
    limitedBy,
    retryAfterMs,
    atMs,
    pauseMs: cooldown.untilMs - atMs,
    beginsPause: atMs >= pausedUntilMs,
    readsCache: before.window !== undefined && before.window.read > 0,
  }
}

function cools(end: Ended): end is Extract<Ended, { kind: 'fault' }> {
  return end.kind === 'fault' && remedyFor(end.fault.kind).health === 'cools'
}

function acceptedAt({ acceptedAtMs = 0 }: HealthState, { totalMs = 0 }: Partial<Sample>, nowMs: number): number {
  return Math.max(acceptedAtMs, nowMs - totalMs)
}

function judge(ejected: Ejection | undefined, window: Window, { outcome, atMs, peerFailureChance }: Seen) {
  return (outcome.kind === 'fault' && ejectOutlier(ejected, window, peerFailureChance, atMs)) || { window }
}

function measure(before: Window | undefined, outcome: Ended, nowMs: number): Window {
  const window = before ?? NOTHING_MEASURED
  if (outcome.kind === 'lost') return window
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
  outcome: Ended,
  nowMs: number,
  chance: number,
): Cooldown | undefined {
  if (outcome.kind === 'answered')
    return before && before.untilMs > nowMs ? { untilMs: before.untilMs, strikes: 0 } : undefined
  return cools(outcome) ? coolDown(before, outcome.fault.evidence.retryAfterMs, nowMs, chance) : before
}

/**
 * What the outcome means for the breaker. A fault that is not the endpoint's own still shows that it answers, which is all that a probe is
 * for.
 */
function breakerEvent(outcome: Ended, nowMs: number): BreakerEvent {
  if (outcome.kind === 'answered') return { kind: 'success' }
  if (outcome.kind === 'lost') return { kind: 'probe-end' }
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
