/**
 * How endpoints are doing, and who is told.
 *
 * @module
 */
import type { HealthOutcome, HealthState, Seen } from '../routing/health.ts'
import type { EndpointHealth } from '../routing/route.ts'

/** An alert that has not ended. */
export interface BegunAlert {
  readonly alert: string
  /** When somebody last said so. */
  readonly atMs: number
}

/** An alert does not end where somebody has said after this time that it is still so. */
export interface SaidAgain {
  readonly saidSinceMs: number
}

/** Which alerts have begun, over all workers. */
export interface AlertPort {
  /**
   * Writes down that an alert has begun, or is still so, or has ended, and when that was said last.
   *
   * @returns whether this is news: each change is given to the first caller alone. An alert that was never begun counts as ended.
   */
  mark(alert: string, state: 'begun' | 'ended', atMs: number, unless?: SaidAgain): Promise<boolean>
  begun(): Promise<readonly BegunAlert[]>
}

/** What one worker has seen of an endpoint and nobody else knows yet, oldest first. */
export interface SeenOf {
  readonly endpoint: string
  readonly seen: readonly Seen[]
}

/** An endpoint as all workers together have seen it. */
export interface SharedHealth {
  readonly endpoint: string
  readonly state: HealthState
  readonly changedAtMs: number
}

/** How endpoints are doing, as all workers of a store have seen it. Each method is one transaction. */
export interface SharedHealthPort {
  /**
   * Adds what a worker has seen. Gives how those endpoints are then, and all others that have changed since a time (inclusive). Nobody
   * waits for it: a worker calls it now and then, and until then goes by what it has seen itself.
   */
  exchange(news: readonly SeenOf[], changedSinceMs: number, nowMs: number): Promise<readonly SharedHealth[]>
  /** Like {@link exchange} for one endpoint. Also hands out its probe, if that is due and nobody has it. */
  claimProbe(news: SeenOf, nowMs: number): Promise<{ readonly granted: boolean; readonly health: SharedHealth }>
}

/** How endpoints are doing, as this worker has seen it and, where it shares a store, as the others have. */
export interface HealthPort {
  of(endpointId: string): EndpointHealth
  /** How they all are at this moment: a plan reads the clock once. */
  now(): (endpointId: string) => EndpointHealth
  /**
   * Right before an attempt: `false` while the endpoint is closed, or while another attempt probes it, of any worker. A promise
   * only where the attempt would be a probe.
   */
  claim(endpointId: string): boolean | Promise<boolean>
  record(endpointId: string, outcome: HealthOutcome): void
  /**
   * Whether an endpoint that refuses this worker's key takes another worker's, as requests say that have left since and were answered;
   * `undefined` where nobody can know yet.
   *
   * @param beganAtMs - When the call began. If it began before the refusal or within a minute of it, and this worker never had an
   * answer there, earlier requests count too. If there are none either, the result is `undefined`.
   */
  takesAnotherKey(endpointId: string, beganAtMs: number): boolean | undefined
}
