/**
 * The health of an endpoint at a time, as plans need it.
 *
 * @module
 */
import { definedOnly } from '../../defined-only.ts'
import type { Fault } from '../../faults/fault.ts'
import { learnedLimits } from '../limits/learned-limits.ts'
import { type BreakerState, cleanFromMs, isClean, looksAgainAt } from './breaker.ts'
import type { EndpointHealth } from './endpoint-health.ts'
import type { HealthState } from './health-state.ts'
import { averageLatency } from './latency.ts'
import { answerMsOf, estimatesOf, type Measured, NOTHING_MEASURED } from './measured.ts'

/** Of an endpoint that nobody has asked yet: open and steady. */
export const UNTRIED_ENDPOINT: EndpointHealth = { steady: true }

/** An endpoint's health for a plan, at a time. If it is closed by its breaker and by a cool-down, the later end counts. */
export function healthOf(state: HealthState | undefined, nowMs: number): EndpointHealth {
  if (!state) return UNTRIED_ENDPOINT
  const ejected = state.ejected !== undefined && nowMs < state.ejected.untilMs
  const steady = !ejected && isClean(state.breaker, nowMs)
  const firstTokenMs = averageLatency(state.latency)
  const closed = closedOf(state, nowMs)
  const learned = learnedLimits(state, nowMs)
  const isLimited = Object.keys(learned).length > 0
  const answerMs = firstTokenMs === undefined ? undefined : answerMsOf(state.window ?? NOTHING_MEASURED)
  if (steady && firstTokenMs === undefined && !closed && !isLimited) return UNTRIED_ENDPOINT
  return {
    steady,
    firstTokenMs,
    ...(answerMs !== undefined && { answerMs }),
    ...(closed && { closed }),
    ...(ejected && { ejected }),
    ...learned,
  }
}

/** An endpoint's health for plans, and until when it stays the same if no attempt ends. */
export interface HealthView {
  readonly health: EndpointHealth
  readonly untilMs: number
}

/**
 * {@link healthOf}, with measurements, to be reused by all plans until the next attempt.
 *
 * @param peers - The estimates of the endpoints of the same model; absent if none of them was asked.
 */
export function viewHealth(state: HealthState, peers: Measured | undefined, nowMs: number): HealthView {
  const measured = peers && estimatesOf(state.window ?? NOTHING_MEASURED, peers, nowMs)
  return {
    health: { ...healthOf(state, nowMs), ...(measured && { measured }) },
    untilMs: Math.min(nextChangeMs(state, nowMs), nowMs + FRESH_MS),
  }
}

/** How long an estimate is used: 5 s. In that time the weight of samples, which halves in ten minutes, falls by half a percent. */
export const FRESH_MS = 5_000

function nextChangeMs({ breaker, cooldown, ejected }: HealthState, nowMs: number): number {
  const times =
    breaker.phase === 'open'
      ? [breaker.untilMs, looksAgainAt(breaker, nowMs), cooldown?.untilMs, ejected?.untilMs]
      : [cleanFromMs(breaker), cooldown?.untilMs, ejected?.untilMs]
  return Math.min(...times.map(atMs => (atMs !== undefined && atMs > nowMs ? atMs : Number.POSITIVE_INFINITY)))
}

function closedOf({ breaker, cooldown }: HealthState, nowMs: number): EndpointHealth['closed'] {
  const brokenUntilMs = looksAgainAt(breaker, nowMs) ?? 0
  const coolUntilMs = cooldown && cooldown.untilMs > nowMs ? cooldown.untilMs : 0
  if (brokenUntilMs === 0 && coolUntilMs === 0) return undefined
  return brokenUntilMs >= coolUntilMs
    ? { rule: 'breaker-open', untilMs: brokenUntilMs, ...faultUntilProbe(breaker, nowMs) }
    : { rule: 'cooling', untilMs: coolUntilMs, ...definedOnly({ sinceMs: cooldown?.sinceMs }) }
}

/** The fault that closed the endpoint. None while a probe is out, because the fault may be over. */
function faultUntilProbe(breaker: BreakerState, nowMs: number): { readonly fault?: Fault } {
  return breaker.phase === 'open' && breaker.fault && nowMs < breaker.untilMs ? { fault: breaker.fault } : {}
}
