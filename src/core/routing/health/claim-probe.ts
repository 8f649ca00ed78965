/**
 * Admits one attempt at a time to an endpoint that has failed, to find out whether it works again.
 *
 * @module
 */
import { advanceBreaker, closedTo } from './breaker.ts'
import { type HealthState, UNTRIED_HEALTH } from './health-state.ts'

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
