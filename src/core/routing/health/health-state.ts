/**
 * What is remembered of one endpoint, and what changes it. Plain JSON.
 *
 * @module
 */
import type { RateLimits } from '../../endpoints.ts'
import type { Fault } from '../../faults/fault.ts'
import type { Cooldown } from '../limits/cooldown.ts'
import type { LimitsKnown } from '../limits/learned-limits.ts'
import { type BreakerState, CLOSED } from './breaker.ts'
import type { Ejection } from './ejection.ts'
import type { Latency } from './latency.ts'
import type { Sample, Window } from './measured.ts'

/** Everything that is remembered of one endpoint. */
export interface HealthState extends LimitsKnown {
  readonly breaker: BreakerState
  readonly cooldown?: Cooldown
  readonly latency?: Latency
  /** Recent measurements. */
  readonly window?: Window
  readonly ejected?: Ejection
  /** When the last request left that it answered, from any worker. */
  readonly acceptedAtMs?: number
}

/** An endpoint that nobody has asked yet. */
export const UNTRIED_HEALTH: HealthState = { breaker: CLOSED }

/**
 * What happens to an endpoint's health.
 *
 * `answered` and `fault`: how an attempt ended. `lost`: it was cancelled or we failed, which says nothing about the endpoint. `asked`: an
 * attempt has left, for about so many tokens in and out, which older workers do not say. `told`: the vendor has named its limits.
 * `renewed`: somebody may have repaired the key or the account, or raised a limit.
 */
export type HealthOutcome =
  | { readonly kind: 'asked'; readonly tokens?: number }
  | { readonly kind: 'told'; readonly limits: RateLimits }
  | ({ readonly kind: 'answered' } & Omit<Sample, 'outcome'>)
  | { readonly kind: 'fault'; readonly fault: Fault; readonly firstTokenMs?: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'renewed' }

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

/** How far two clocks may be apart, and how late the news of other workers may come. */
const APART_MS = 60_000

/**
 * The state in case a clock was wrong. What is said to have been seen later than now was seen by one that was wrong then, or has been set
 * back since: an endpoint would be closed for as long. Nothing is known then, and the next attempts tell.
 */
export function credibleHealth(state: HealthState | undefined, nowMs: number): HealthState | undefined {
  return state?.window && state.window.atMs > nowMs + APART_MS ? undefined : state
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
