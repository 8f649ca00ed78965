/**
 * What this worker has seen of its endpoints.
 *
 * @module
 */
import type { HealthPort } from '../core/ports.ts'
import { claimProbe, type HealthState, healthOf, recordOutcome } from '../core/routing/health.ts'

/** Health that lives as long as the worker; every endpoint begins untried. */
export function createHealth(now: () => number, chance: () => number): HealthPort {
  const states = new Map<string, HealthState>()
  return {
    of: endpointId => healthOf(states.get(endpointId), now()),
    claim(endpointId) {
      const { granted, next } = claimProbe(states.get(endpointId), now())
      if (granted) states.set(endpointId, next)
      return granted
    },
    record(endpointId, outcome) {
      states.set(endpointId, recordOutcome(states.get(endpointId), outcome, now(), chance()))
    },
  }
}
