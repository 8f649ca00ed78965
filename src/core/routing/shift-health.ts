/**
 * Converts the times in an endpoint's health from another clock to ours.
 *
 * @module
 */
import type { HealthState, Seen } from './health.ts'

/** The fields that are moments, wherever they are in a state. All other numbers are durations or counts. */
const MOMENTS = new Set(['atMs', 'untilMs', 'probeUntilMs', 'acceptedAtMs'])

/** @param aheadMs - Of the other clock. */
export function shiftHealth(state: HealthState, aheadMs: number): HealthState {
  if (aheadMs === 0) return state
  return JSON.parse(JSON.stringify(state), (key, value) => (MOMENTS.has(key) ? value + aheadMs : value))
}

/** @param aheadMs - Of the other clock. */
export function shiftSeen(seen: readonly Seen[], aheadMs: number): readonly Seen[] {
  return aheadMs === 0 ? seen : seen.map(each => ({ ...each, atMs: each.atMs + aheadMs }))
}
