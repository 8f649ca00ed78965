/**
 * What this worker has seen of its endpoints.
 *
 * @module
 */
import type { HealthPort } from '../core/ports.ts'
import {
  claimProbe,
  type HealthOutcome,
  type HealthState,
  type HealthView,
  measure,
  recordOutcome,
  UNTRIED_HEALTH,
  viewHealth,
} from '../core/routing/health.ts'
import type { Window } from '../core/routing/measured.ts'

/** Health that lives as long as the worker; every endpoint begins untried, measured as its model's other endpoints are. */
export function createHealth(now: () => number, chance: () => number): HealthPort {
  const known = new Map<string, Known>()
  const models = new Map<string, Window>()
  const keep = (id: string, state: HealthState, nowMs: number) => {
    const its = { state, view: viewHealth(state, models.get(modelIn(id)), nowMs) }
    known.set(id, its)
    return its
  }
  const readAt = (nowMs: number) => (id: string) => {
    const its = known.get(id)
    if (its && nowMs < its.view.untilMs) return its.view.health
    return keep(id, its?.state ?? UNTRIED_HEALTH, nowMs).view.health
  }
  const record = (id: string, outcome: HealthOutcome, nowMs: number) => {
    models.set(modelIn(id), measure(models.get(modelIn(id)), outcome, nowMs))
    keep(id, recordOutcome(known.get(id)?.state, outcome, nowMs, chance()), nowMs)
  }
  return {
    of: id => readAt(now())(id),
    now: () => readAt(now()),
    claim(id) {
      const nowMs = now()
      const { granted, next } = claimProbe(known.get(id)?.state, nowMs)
      if (granted) keep(id, next, nowMs)
      return granted
    },
    record: (id, outcome) => record(id, outcome, now()),
  }
}

/** A plan reads the health of every endpoint, so what it reads is kept while it stands. */
interface Known {
  readonly state: HealthState
  readonly view: HealthView
}

/** An endpoint's id is `provider:author/name`. */
function modelIn(endpointId: string): string {
  return endpointId.slice(endpointId.indexOf(':') + 1)
}
