/**
 * Which endpoints refuse this worker's key. It tells no other worker: those may have been started with a key that is accepted, and go on
 * asking.
 *
 * @module
 */
import { HOUR_MS } from '../../core/durations.ts'
import { claimProbe } from '../../core/routing/health/claim-probe.ts'
import type { EndpointHealth } from '../../core/routing/health/endpoint-health.ts'
import {
  credibleHealth,
  type HealthOutcome,
  type HealthState,
  type Seen,
} from '../../core/routing/health/health-state.ts'
import { healthOf } from '../../core/routing/health/health-view.ts'
import { recordOutcome } from '../../core/routing/health/record-outcome.ts'

export interface RefusedKeys {
  /** Whether this worker may ask: right before an attempt, as {@link claimProbe}. */
  claim(endpointId: string, nowMs: number): boolean
  record(endpointId: string, seen: Seen): void
  /** Lets each endpoint be asked once more: somebody may have changed the key. */
  renew(seen: Omit<Seen, 'outcome'>): void
  /** See {@link HealthPort.takesAnotherKey}. */
  takesAnother(endpointId: string, acceptedAtMs: number | undefined, beganAtMs: number): boolean | undefined
  /** What all workers know of an endpoint, with what closes it to this one. */
  with(endpointId: string, health: EndpointHealth, nowMs: number): EndpointHealth
}

/** A request that was accepted longer ago than this says nothing of the keys that workers have now. */
const COUNTS_MS = HOUR_MS

/** How long another worker's answer may take until this worker hears of it. */
const UNHEARD_MS = 60_000

interface Refused {
  readonly health: HealthState
  /** Requests that left after this time and were accepted had another key. */
  readonly sinceMs: number
  /** When the key was first refused. After an hour it is the next refusal: others may have been given other keys meanwhile. */
  readonly firstAtMs: number
}

export function isRefusedKey(outcome: HealthOutcome): boolean {
  return outcome.kind === 'fault' && outcome.fault.kind === 'unauthenticated'
}

export function createRefusedKeys(): RefusedKeys {
  /** By endpoint, from its first refusal until its breaker closes. */
  const refused = new Map<string, Refused>()
  const taken = new Set<string>()
  const foundAt = (id: string, nowMs: number) => {
    const its = refused.get(id)
    if (its && credibleHealth(its.health, nowMs)) return its
    refused.delete(id)
    return undefined
  }
  const record = (id: string, seen: Seen) => {
    if (seen.outcome.kind === 'answered') taken.add(id)
    const before = foundAt(id, seen.atMs)
    if (!before && !isRefusedKey(seen.outcome)) return
    const health = recordOutcome(before?.health, seen)
    const { sinceMs, firstAtMs } = before ?? { sinceMs: seen.atMs, firstAtMs: seen.atMs }
    const hourAgoMs = seen.atMs - COUNTS_MS
    const isFirst = isRefusedKey(seen.outcome) && firstAtMs <= hourAgoMs
    const next = { health, sinceMs: Math.max(sinceMs, hourAgoMs), firstAtMs: isFirst ? seen.atMs : firstAtMs }
    if (health.breaker.phase === 'open') refused.set(id, next)
    else refused.delete(id)
  }
  return {
    record,
    claim(id, nowMs) {
      const before = foundAt(id, nowMs)
      if (!before) return true
      const { granted, next } = claimProbe(before.health, nowMs)
      refused.set(id, { ...before, health: next })
      return granted
    },
    renew(seen) {
      for (const id of refused.keys()) record(id, { ...seen, outcome: { kind: 'renewed' } })
    },
    takesAnother(id, acceptedAtMs = 0, beganAtMs) {
      const its = refused.get(id)
      if (!its) return false
      const isEarly = beganAtMs < its.firstAtMs + UNHEARD_MS && !taken.has(id)
      if (acceptedAtMs > (isEarly ? its.firstAtMs - COUNTS_MS : its.sinceMs)) return true
      return isEarly ? undefined : false
    },
    with(id, health, nowMs) {
      const its = foundAt(id, nowMs)
      const closed = its && healthOf(its.health, nowMs).closed
      if (!closed || (health.closed?.untilMs ?? 0) > closed.untilMs) return health
      return { ...health, closed }
    },
  }
}
