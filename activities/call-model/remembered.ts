/**
 * What a worker remembers from one call to the next.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { KeptRejections } from '../../src/core/ports.ts'

/** What calls may ask for, by their other settings there: vendors count thinking too. Gone with the configuration at the latest. */
export type MostOutput = WeakMap<Endpoint, Map<string, ToldMost>>

/** How much output an endpoint has said that it gives at most, and until when that is believed. */
export interface ToldMost {
  readonly tokens: number
  readonly untilMs: number
}

/** How often this worker has left a call, by its activity: Temporal counts the tries too that the store was away for. */
export type LeftCalls = Map<string, number>

/** The rejections that were kept: the digest by the key of a plan, once it lies in the store. */
export type KnownRejections = Map<string, KnownRejection>

export type KnownRejection = KeptRejections & { stored: boolean }
