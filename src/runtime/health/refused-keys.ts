/**
 * Which endpoints refuse the key of this worker. Its own affair: another worker may have been started with a key that is taken, so
 * it is not kept from asking.
 *
 * @module
 */
import {
  claimProbe,
  type HealthOutcome,
  type HealthState,
  recordOutcome,
  type Seen,
} from '../../core/routing/health.ts'
import { healthOf } from '../../core/routing/health-view.ts'
import type { EndpointHealth } from '../../core/routing/route.ts'

export interface RefusedKeys {
  has(endpointId: string): boolean
  /** Whether this worker may ask: right before an attempt, as {@link claimProbe}. */
  claim(endpointId: string, nowMs: number): boolean
  record(endpointId: string, seen: Seen): void
  /** Each is asked once more, for somebody may have put in another key. */
  renew(seen: Omit<Seen, 'outcome'>): void
  /** What all workers know of an endpoint, with what closes it to this one. */
  with(endpointId: string, health: EndpointHealth, nowMs: number): EndpointHealth
}

export function isRefusedKey(outcome: HealthOutcome): boolean {
  return outcome.kind === 'fault' && outcome.fault.kind === 'unauthenticated'
}

export function createRefusedKeys(): RefusedKeys {
  /** Only from a refusal on, until something else comes from there. */
  const refused = new Map<string, HealthState>()
  const record = (id: string, seen: Seen) => {
    if (!refused.has(id) && !isRefusedKey(seen.outcome)) return
    const next = recordOutcome(refused.get(id), seen)
    if (next.breaker.phase === 'open') refused.set(id, next)
    else refused.delete(id)
  }
  return {
    has: id => refused.has(id),
    record,
    claim(id, nowMs) {
      const before = refused.get(id)
      if (!before) return true
      const { granted, next } = claimProbe(before, nowMs)
      refused.set(id, next)
      return granted
    },
    renew(seen) {
      for (const id of refused.keys()) record(id, { ...seen, outcome: { kind: 'renewed' } })
    },
    with(id, health, nowMs) {
      const { closedUntilMs: closed } = refused.has(id) ? healthOf(refused.get(id), nowMs) : {}
      if (!closed || (health.closedUntilMs?.untilMs ?? 0) > closed.untilMs) return health
      return { ...health, closedUntilMs: closed }
    },
  }
}
