/**
 * What a worker remembers from one call to the next.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { KeptRejections } from '../../src/core/ports.ts'
import type { RunRef } from '../../src/core/protocol.ts'

/**
 * The output limits that endpoints have told this worker of, by the call's other settings, since vendors count reasoning as
 * output too. They go when the configuration is exchanged, at the latest.
 */
export type MostOutput = WeakMap<Endpoint, Map<string, ToldMost>>

/** How much output an endpoint has said that it gives at most, and until when that is believed. */
export interface ToldMost {
  readonly tokens: number
  readonly untilMs: number
}

/**
 * How often this worker has left a call to others, by activity. Temporal's own count of tries would not do: it includes tries
 * that failed because the store was away.
 */
export type LeftCalls = Map<string, number>

/** Rejections of plans, by a key of what they depend on. `stored`: they are in the store. */
export type KnownRejections = Map<string, KnownRejection>

export type KnownRejection = KeptRejections & { stored: boolean }

/** An attempt whose words are handed to readers. */
export interface DeltaTarget {
  readonly run: RunRef
  readonly step: number
  readonly attempt: number
}
