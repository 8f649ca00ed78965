/**
 * An endpoint's health, for people and programs.
 *
 * @module
 */
import { closedTo } from './breaker.ts'
import { credibleHealth, type HealthState, isDueForProbe, UNTRIED_HEALTH } from './health.ts'
import { limitNow } from './learned-limit.ts'

/** What keeps an endpoint from being asked now. Times are in milliseconds since the epoch. */
export interface HealthReport {
  readonly breaker: 'closed' | 'open' | 'half-open'
  /** Not asked before this time, because its breaker is open or its probe is out. */
  readonly closedUntilMs?: number
  /** Not asked before this time, because it answered 429. */
  readonly coolingUntilMs?: number
  /** Asked last until this time, because it fails far more often than its peers. */
  readonly ejectedUntilMs?: number
  /** The rate that it seems to allow, learned from its 429s. */
  readonly requestsPerMinute?: number
}

/** What keeps an endpoint from being asked now, without times that have passed. */
export function healthReport(state: HealthState, nowMs: number): HealthReport {
  const { breaker, cooldown, ejected, limit } = credibleHealth(state, nowMs) ?? UNTRIED_HEALTH
  const closedUntilMs = closedTo(breaker, nowMs)
  const perMinute = limitNow(limit, nowMs)
  return {
    breaker: breaker.phase === 'closed' ? 'closed' : isDueForProbe({ breaker }, nowMs) ? 'half-open' : 'open',
    ...(closedUntilMs !== undefined && { closedUntilMs }),
    ...(cooldown && cooldown.untilMs > nowMs && { coolingUntilMs: cooldown.untilMs }),
    ...(ejected && ejected.untilMs > nowMs && { ejectedUntilMs: ejected.untilMs }),
    ...(perMinute !== undefined && { requestsPerMinute: perMinute }),
  }
}
