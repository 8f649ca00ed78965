/**
 * What this worker has seen of its endpoints.
 *
 * @module
 */
import type { HealthPort } from '../core/ports.ts'
import {
  claimProbe,
  FRESH_MS,
  type HealthState,
  type HealthView,
  recordOutcome,
  UNTRIED_HEALTH,
  viewHealth,
} from '../core/routing/health.ts'
import { type Measured, peersOf, type Window } from '../core/routing/measured.ts'

/** Health that lives as long as the worker; every endpoint begins untried, measured as its model's other endpoints are. */
export function createHealth(now: () => number, chance: () => number): HealthPort {
  const known = new Map<string, Known>()
  const models = new Map<string, Peers>()
  const keep = (id: string, state: HealthState, nowMs: number) => {
    const its = { state, view: viewHealth(state, meanOf(models.get(modelIn(id)), nowMs), nowMs) }
    known.set(id, its)
    return its
  }
  const readAt = (nowMs: number) => (id: string) => {
    const its = known.get(id)
    if (its && nowMs < its.view.untilMs) return its.view.health
    return keep(id, its?.state ?? UNTRIED_HEALTH, nowMs).view.health
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
    record(id, outcome) {
      const nowMs = now()
      const state = recordOutcome(known.get(id)?.state, outcome, nowMs, chance())
      const peers = models.get(modelIn(id)) ?? { windows: new Map(), untilMs: 0 }
      models.set(modelIn(id), peers)
      if (state.window) peers.windows.set(id, state.window)
      keep(id, state, nowMs)
    },
  }
}

/** The windows of one model's endpoints, and their mean while it stands. */
interface Peers {
  readonly windows: Map<string, Window>
  mean?: Measured
  untilMs: number
}

function meanOf(peers: Peers | undefined, nowMs: number): Measured | undefined {
  if (peers && nowMs >= peers.untilMs) {
    peers.mean = peersOf(peers.windows.values(), nowMs)
    peers.untilMs = nowMs + FRESH_MS
  }
  return peers?.mean
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
