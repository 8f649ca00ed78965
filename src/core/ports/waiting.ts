/**
 * What calls wait for: an endpoint's limits, room in a budget, a prompt that another call brings into the vendor's cache.
 *
 * @module
 */
import type { Ticket } from '../routing/limits/admission.ts'
import type { ScopeLimit } from '../routing/limits/scope-limits.ts'

/** A request that is about to leave for an endpoint with limits. */
export interface AdmissionAsk {
  readonly callId: string
  readonly workspace: string
  /** 1 goes first, 5 last. */
  readonly priority: number
  /** Sorted by scope; at least one. */
  readonly limits: readonly ScopeLimit[]
  /** How many tokens it will probably take. */
  readonly tokens: number
  /** Whether the call comes back when it is due. If so, it gets a place in line, and keeps it. A call that is over gets none. */
  readonly waits: boolean
  /**
   * The id, of no other ask, under which it counts as in flight, until it is released or `permitUntilMs` is over. That is soon: a
   * request that leaves counts for longer, by the permit that goes into the ledger with it.
   */
  readonly permitId: string
  readonly permitUntilMs: number
  readonly nowMs: number
}

/** A call's place in the line of one scope, by the store's clock. */
export interface LimitPlace extends Ticket {
  readonly scopeId: string
}

/**
 * Whether a request may leave now.
 *
 * - `start`: it may.
 * - `later`: it may not, and nothing was taken from the limits. It may ask again at `atMs`, which is a guess if `isFull`, that is, if too
 *   many requests are in flight.
 */
export type Admission =
  | {
      readonly kind: 'start'
      /** The places in line that the call has given up for this start. */
      readonly gaveUp: readonly LimitPlace[]
    }
  | { readonly kind: 'later'; readonly atMs: number; readonly scopeId: string; readonly isFull: boolean }

/** Admits requests to endpoints with limits, for all workers of a store together. Each method is one transaction. */
export interface AdmissionPort {
  admit(ask: AdmissionAsk): Promise<Admission>
  /** A request in flight has ended. */
  release(permitId: string): Promise<void>
  /**
   * Takes back a start that was given just now, because its request does not leave. The limits get back what it took, as far as that
   * time is not over by now, and its call gets back the places that it gave up, unless it is over.
   */
  withdraw(ask: AdmissionAsk, gaveUp: readonly LimitPlace[], nowMs: number): Promise<void>
  /** A call no longer waits. */
  leave(callId: string): Promise<void>
  /**
   * A run has ended: none of its calls waits any more, and none of its requests counts as in flight. Does nothing if the run is open, as
   * after a reset. May be called again.
   */
  leaveRun(runKey: string): Promise<void>
  /** Forgets calls that do not ask again or are over, requests of such calls, and scopes that nobody has used for an hour. Delays nobody. */
  sweep(nowMs: number): Promise<void>
}

/** A call's place in the line of this worker's calls that wait for room in one scope of a budget. */
export interface Place {
  readonly scopeId: string
  /** How many calls are in the line, this one included. */
  readonly length: number
  /** Resolves with `true` when it is this call's turn to try again, `false` when the time is over or the signal fires. */
  turn(atMostMs: number, signal: AbortSignal): Promise<boolean>
  /** Leaves the line. May be called again. */
  leave(): void
  /** Leaves, and gives everybody in the line a turn at once, because nothing is in flight that they could wait for. */
  dissolve(): void
}

/** The lines of this worker's calls that wait for room in budgets. */
export interface LinePort {
  readonly isEmpty: boolean
  /** The first of these scopes that has a line. A new call must join it. */
  scopeWaitedFor(scopeIds: readonly string[]): string | undefined
  join(scopeId: string, sinceMs: number): Place
  /** These scopes have got something back. */
  freed(scopeIds: readonly string[]): void
}

/** Held by the first of several calls whose prompts begin alike. Whichever method is called first counts. */
export interface Lead {
  /** Its answer has begun, so the vendor has cached the beginning of the prompt, and the other calls may leave. */
  warmed(): void
  /** Its call ended before that. Another call takes the lead. */
  ended(): void
}

/** How long a call waits for another that begins like it. */
interface Joining {
  /** How long the vendor caches a prompt's beginning after its last use. */
  readonly ttlMs: number
  /** The longest wait. */
  readonly atMostMs: number
  readonly signal: AbortSignal
}

/** Lets one of several calls of this worker whose prompts begin alike go first, so that the others find the beginning in the cache. */
export interface PrefixPort {
  /**
   * Resolves with the lead if the beginning is not cached and no other call has the lead. Else it waits, and resolves with `undefined`
   * once the beginning is cached, the time is over, or the signal fires.
   */
  join(key: string, joining: Joining): Promise<Lead | undefined>
}

/** What this worker has measured for classes that hedge. */
export interface HedgePort {
  /** Records that an endpoint's first token came after this time, or had not come by then. */
  heard(endpointId: string, firstTokenMs: number): void
  /** The 95th percentile of an endpoint's times to first token, in milliseconds; `undefined` while too few are known. */
  p95Ms(endpointId: string): number | undefined
  /** Counts a call of the class. */
  called(taskClass: string): void
  /** Whether one more of the class's calls may be hedged, given the share that may be. If so, counts it as hedged. */
  take(taskClass: string, share: number): boolean
}
