/**
 * The health of endpoints, and alerts about it.
 *
 * @module
 */

import type { EndpointHealth } from '../routing/health/endpoint-health.ts'
import type { HealthOutcome, HealthState, Seen } from '../routing/health/health-state.ts'

/** An alert that has not ended. */
export interface BegunAlert {
  readonly alert: string
  /** When a worker last said that it goes on. */
  readonly atMs: number
}

/** A condition for ending an alert: it does not end if a worker has said since this time that it goes on. */
export interface SaidAgain {
  readonly saidSinceMs: number
}

/** The alerts that all workers of a store share. */
export interface AlertPort {
  /**
   * Records that an alert has begun or goes on (`begun`), or that it has ended.
   *
   * @returns whether that is a change. Only the first of several callers gets `true`. An alert that has never begun counts as ended.
   */
  mark(alert: string, state: 'begun' | 'ended', atMs: number, unless?: SaidAgain): Promise<boolean>
  begun(): Promise<readonly BegunAlert[]>
}

/** What one worker has seen of an endpoint and has not shared yet, oldest first. */
export interface SeenOf {
  readonly endpoint: string
  readonly seen: readonly Seen[]
}

/** The health of an endpoint, from what all workers have seen. */
export interface SharedHealth {
  readonly endpoint: string
  readonly state: HealthState
  readonly changedAtMs: number
}

/** The health of endpoints that all workers of a store share. Each method is one transaction. */
export interface SharedHealthPort {
  /**
   * Adds what a worker has seen, and returns the health of those endpoints and of all others that have changed since `changedSinceMs`
   * (inclusive). A worker calls this in the background; calls do not wait for it.
   */
  exchange(news: readonly SeenOf[], changedSinceMs: number, nowMs: number): Promise<readonly SharedHealth[]>
  /** Like {@link exchange}, for one endpoint. Also grants its probe, if one is due and no other attempt has it. */
  claimProbe(news: SeenOf, nowMs: number): Promise<{ readonly granted: boolean; readonly health: SharedHealth }>
}

/** The health of endpoints as this worker knows it: what it has seen itself and what it has learned from others through the store. */
export interface HealthPort {
  of(endpointId: string): EndpointHealth
  /** The health of all endpoints at this moment, for a plan, which must read the clock only once. */
  now(): (endpointId: string) => EndpointHealth
  /**
   * Asked right before an attempt. `false` if the endpoint is closed, or if another attempt of any worker probes it. It is a promise only
   * if this attempt would be the probe.
   *
   * @param tokens - How many it will probably take, in and out. @defaultValue 0
   */
  claim(endpointId: string, tokens?: number): boolean | Promise<boolean>
  record(endpointId: string, outcome: HealthOutcome): void
  /** Lets each endpoint that has refused this worker's key be asked once more: somebody may have seen to the key. */
  renewKeys(): void
  /**
   * Whether an endpoint that rejects this worker's key accepts another worker's. Judged by requests that left after the rejection and were
   * answered; `undefined` while it is unknown.
   *
   * @param beganAtMs - When the call began. If that is before the rejection or within a minute after it, and the endpoint has never
   * answered this worker, earlier requests count too.
   */
  takesAnotherKey(endpointId: string, beganAtMs: number): boolean | undefined
}
