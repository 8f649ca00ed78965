/**
 * What a worker knows of its endpoints, with what a plan reads of it kept while it stands: a plan reads the health of every
 * endpoint.
 *
 * @module
 */
import { modelIn } from '../../core/endpoint-id.ts'
import type { EndpointHealth } from '../../core/routing/health/endpoint-health.ts'
import { credibleHealth, type HealthState, type Seen, UNTRIED_HEALTH } from '../../core/routing/health/health-state.ts'
import { FRESH_MS, type HealthView, viewHealth } from '../../core/routing/health/health-view.ts'
import { type Measured, peersOf, type Window } from '../../core/routing/health/measured.ts'
import { recordOutcome } from '../../core/routing/health/record-outcome.ts'
import { isLongPause } from '../../core/routing/limits/cooldown.ts'

export interface KnownEndpoints {
  stateOf(endpointId: string, nowMs: number): HealthState | undefined
  /**
   * Endpoints that are closed to all workers by what a person may have mended: a fault such as an account without money, or a long pause
   * that the vendor, or something before it, has named.
   */
  mendable(nowMs: number): readonly string[]
  viewAt(nowMs: number): (endpointId: string) => EndpointHealth
  keep(endpointId: string, state: HealthState, nowMs: number): void
  record(endpointId: string, seen: Seen): void
  /** How often the other endpoints of its model fail; `undefined` where none of them was asked. */
  peerFailureChance(endpointId: string, nowMs: number): number | undefined
}

export function createKnownEndpoints(): KnownEndpoints {
  const known = new Map<string, Known>()
  const models = new Map<string, Peers>()
  const stateOf = (id: string, nowMs: number) => credibleHealth(known.get(id)?.state, nowMs)
  const keep = (id: string, given: HealthState, nowMs: number) => {
    const state = credibleHealth(given, nowMs) ?? UNTRIED_HEALTH
    if (state.window) windowsOf(models, id).set(id, state.window)
    const its = { state, view: viewHealth(state, meanOf(models.get(modelIn(id)), nowMs), nowMs) }
    known.set(id, its)
    return its
  }
  return {
    stateOf,
    mendable: nowMs => [...known].filter(([, { state }]) => isMendable(state, nowMs)).map(([id]) => id),
    keep,
    viewAt: nowMs => id => {
      const its = known.get(id)
      if (its && isFresh(its.view, nowMs)) return its.view.health
      return keep(id, its?.state ?? UNTRIED_HEALTH, nowMs).view.health
    },
    record(id, seen) {
      const its = known.get(id)
      const state = recordOutcome(stateOf(id, seen.atMs), seen)
      // The view stays as it is: an attempt that leaves changes nothing that a plan reads.
      if (its && seen.outcome.kind === 'asked') known.set(id, { ...its, state })
      else keep(id, state, seen.atMs)
    },
    peerFailureChance(id, nowMs) {
      const windows = [...(models.get(modelIn(id))?.windows ?? [])]
      const asked = windows.flatMap(([other, window]) => (other !== id && window.attempts > 0 ? [window] : []))
      if (asked.length === 0) return undefined
      const { failureChance, malformedChance } = peersOf(asked, nowMs)
      return failureChance + malformedChance
    },
  }
}

/** No view is made for longer: one of later times is from before the clock was set back. */
function isFresh({ untilMs }: { readonly untilMs: number }, nowMs: number): boolean {
  return nowMs < untilMs && untilMs <= nowMs + FRESH_MS
}

/** The windows of one model's endpoints, and their mean while it stands. */
interface Peers {
  readonly windows: Map<string, Window>
  mean?: Measured
  untilMs: number
}

interface Known {
  readonly state: HealthState
  readonly view: HealthView
}

function windowsOf(models: Map<string, Peers>, id: string): Map<string, Window> {
  const peers = models.get(modelIn(id)) ?? { windows: new Map(), untilMs: 0 }
  models.set(modelIn(id), peers)
  return peers.windows
}

function meanOf(peers: Peers | undefined, nowMs: number): Measured | undefined {
  if (peers && !isFresh(peers, nowMs)) {
    peers.mean = peersOf(peers.windows.values(), nowMs)
    peers.untilMs = nowMs + FRESH_MS
  }
  return peers?.mean
}

function isMendable({ breaker, cooldown }: HealthState, nowMs: number): boolean {
  if (isLongPause(cooldown, nowMs)) return true
  return breaker.phase === 'open' && breaker.fault !== undefined && nowMs < breaker.untilMs
}
