/**
 * An endpoint's health, for people and programs.
 *
 * @module
 */
import type { RateLimits } from '../../endpoints.ts'
import { learnedLimits } from '../limits/learned-limits.ts'
import { closedTo } from './breaker.ts'
import { isDueForProbe } from './claim-probe.ts'
import { credibleHealth, type HealthState, UNTRIED_HEALTH } from './health-state.ts'

/** What keeps an endpoint from being asked now, and what its 429s have taught. Times are in milliseconds since the epoch. */
export interface HealthReport {
  readonly breaker: 'closed' | 'open' | 'half-open'
  /** Not asked before this time, because its breaker is open or its probe is out. */
  readonly closedUntilMs?: number
  /** Not asked before this time, because it answered 429. */
  readonly coolingUntilMs?: number
  /** Asked last until this time, because it fails far more often than its peers. */
  readonly ejectedUntilMs?: number
  /** What it seems to allow. */
  readonly learned: RateLimits
}

/** How an endpoint is now, without times that have passed. */
export function healthReport(state: HealthState, nowMs: number): HealthReport {
  const credible = credibleHealth(state, nowMs) ?? UNTRIED_HEALTH
  const { breaker, cooldown, ejected } = credible
  const closedUntilMs = closedTo(breaker, nowMs)
  return {
    breaker: breaker.phase === 'closed' ? 'closed' : isDueForProbe({ breaker }, nowMs) ? 'half-open' : 'open',
    ...(closedUntilMs !== undefined && { closedUntilMs }),
    ...(cooldown && cooldown.untilMs > nowMs && { coolingUntilMs: cooldown.untilMs }),
    ...(ejected && ejected.untilMs > nowMs && { ejectedUntilMs: ejected.untilMs }),
    learned: learnedLimits(credible, nowMs),
  }
}
