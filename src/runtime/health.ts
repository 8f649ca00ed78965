/**
 * What this worker has seen of its endpoints.
 *
 * @module
 */
import type { HealthPort } from '../core/ports.ts'
import { claimProbe, type HealthState, type HealthView, recordOutcome, viewHealth } from '../core/routing/health.ts'
import type { EndpointHealth } from '../core/routing/route.ts'

const UNTRIED: EndpointHealth = { steady: true }

/** Health that lives as long as the worker; every endpoint begins untried. */
export function createHealth(now: () => number, chance: () => number): HealthPort {
  const known = new Map<string, Known>()
  const keep = (endpointId: string, state: HealthState) =>
    known.set(endpointId, { state, view: viewHealth(state, now()) })
  const readAt = (nowMs: number) => (endpointId: string) => {
    const its = known.get(endpointId)
    if (!its) return UNTRIED
    if (nowMs >= its.view.untilMs) its.view = viewHealth(its.state, nowMs)
    return its.view.health
  }
  return {
    of: endpointId => readAt(now())(endpointId),
    now: () => readAt(now()),
    claim(endpointId) {
      const { granted, next } = claimProbe(known.get(endpointId)?.state, now())
      if (granted) keep(endpointId, next)
      return granted
    },
    record(endpointId, outcome) {
      keep(endpointId, recordOutcome(known.get(endpointId)?.state, outcome, now(), chance()))
    },
  }
}

/** A plan reads the health of every endpoint, so what it reads is kept until it changes. */
interface Known {
  readonly state: HealthState
  view: HealthView
}
