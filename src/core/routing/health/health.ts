/**
 * The health of one endpoint after another outcome: breaker, cool-down, latency, measurements, ejection and learned limits.
 *
 * @module
 */
import { definedOnly } from '../../defined-only.ts'
import { remedyFor } from '../../faults/remedies.ts'
import { type Cooldown, coolDown } from '../limits/cooldown.ts'
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

/** The state after an attempt has left or ended. */
export function recordOutcome(before: HealthState | undefined, seen: Seen): HealthState {
  const { outcome, atMs, chance } = seen
  const state = heeded(before ?? UNTRIED_HEALTH, outcome)
  if (outcome.kind === 'asked') return { ...state, ...learnFromLeft(state, outcome.tokens ?? 0, atMs) }
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
    ...learnFromEnd(state, refusalIn(state, seen, cooldown)),
  }
}

/** The state after several outcomes, in the order in which they were seen. */
export function recordAll(before: HealthState | undefined, seen: readonly Seen[]): HealthState {
  return seen.reduce<HealthState>(recordOutcome, before ?? UNTRIED_HEALTH)
}

function heeded(state: HealthState, outcome: HealthOutcome): HealthState {
  return outcome.kind === 'answered' && outcome.readTokens ? heedCache(state) : state
}

/** The 429 that the attempt has got, if it has. @param cooldown - The pause that the endpoint is in by then */
function refusalIn(
  { cooldown: before, window }: HealthState,
  { outcome, atMs }: Seen,
  cooldown: Cooldown | undefined,
): Refusal | undefined {
  if (!cools(outcome) || !cooldown) return undefined
  const { limitedBy, retryAfterMs } = outcome.fault.evidence
  return {
    ...definedOnly({ limitedBy, retryAfterMs }),
    atMs,
    pauseMs: cooldown.untilMs - atMs,
    beginsPause: !before || atMs >= before.untilMs,
    readsCache: window !== undefined && window.read > 0,
  }
}

function cools(outcome: HealthOutcome): outcome is Extract<HealthOutcome, { kind: 'fault' }> {
  return outcome.kind === 'fault' && remedyFor(outcome.fault.kind).health === 'cools'
}

function acceptedAt({ acceptedAtMs = 0 }: HealthState, { totalMs = 0 }: Partial<Sample>, nowMs: number): number {
  return Math.max(acceptedAtMs, nowMs - totalMs)
}

function judge(ejected: Ejection | undefined, window: Window, { outcome, atMs, peerFailureChance }: Seen) {
  return (outcome.kind === 'fault' && ejectOutlier(ejected, window, peerFailureChance, atMs)) || { window }
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
  return cools(outcome) ? coolDown(before, outcome.fault.evidence.retryAfterMs, nowMs, chance) : before
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
