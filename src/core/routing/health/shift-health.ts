/**
 * Converts the times in what is known of an endpoint's health to another clock.
 *
 * @module
 */
import type { HealthState, Seen } from './health-state.ts'

/** The fields that are moments, wherever they are in a state. All other numbers are durations or counts. */
const MOMENTS = new Set(['atMs', 'untilMs', 'sinceMs', 'probeUntilMs', 'acceptedAtMs'])

/** The state with its times by the other clock. @param aheadMs - How far that clock is ahead */
export function shiftHealth(state: HealthState, aheadMs: number): HealthState {
  if (aheadMs === 0) return state
  return JSON.parse(JSON.stringify(state), (key, value) => (MOMENTS.has(key) ? value + aheadMs : value))
}

/** Outcomes with their times by the other clock. @param aheadMs - How far that clock is ahead */
export function shiftSeen(seen: readonly Seen[], aheadMs: number): readonly Seen[] {
  return aheadMs === 0 ? seen : seen.map(each => ({ ...each, atMs: each.atMs + aheadMs }))
}
