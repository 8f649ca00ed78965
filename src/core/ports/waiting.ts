/**
 * What calls wait for: a start at an endpoint with limits, room in a budget, a prompt that another call makes warm.
 *
 * @module
 */
import type { ScopeLimit, Ticket } from '../routing/admission.ts'

/** A request that is about to leave for an endpoint with limits. */
export interface AdmissionAsk {
  readonly callId: string
  readonly workspace: string
  /** 1 goes first, 5 last. */
  readonly priority: number
  /** Sorted by scope; at least one. */
  readonly limits: readonly ScopeLimit[]
  /** How much of a limit on tokens it will probably take. */
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

/** A call's place among those that wait in one scope, by the store's clock. */
export interface LimitPlace extends Ticket {
  readonly scopeId: string
}

/** `later`: nothing was taken. `isFull`: too many are in flight, and the time is a guess. */
export type Admission =
  | {
      readonly kind: 'start'
      /** The places in line that the call gives up for this start. */
      readonly gaveUp: readonly LimitPlace[]
    }
  | { readonly kind: 'later'; readonly atMs: number; readonly scopeId: string; readonly isFull: boolean }

/**
 * Start times at endpoints that have limits, over all workers of a store. Each method is one transaction; endpoints without
 * limits are never asked about.
 */
export interface AdmissionPort {
  admit(ask: AdmissionAsk): Promise<Admission>
  /** A request in flight has ended. */
  release(permitId: string): Promise<void>
  /**
   * Takes back a start that was given just now, because its request does not leave. The limits get back what it took, as far as that
   * time is not over by now, and its call gets back the places that it gave up, unless it is over.
   */
  withdraw(ask: AdmissionAsk, gaveUp: readonly LimitPlace[], nowMs: number): Promise<void>
  /** A call waits no more. */
  leave(callId: string): Promise<void>
  /** A run has ended: none of its calls waits, and none of its requests counts as in flight. */
  leaveRun(runKey: string): Promise<void>
  /** Forgets calls that do not come back, and scopes that nobody has used for an hour. Changes no start time. */
  sweep(nowMs: number): Promise<void>
}

/** Where a call of this worker stands among those that wait for room in one scope. */
export interface Place {
  readonly scopeId: string
  /** How many stand in the line, this one included. */
  readonly length: number
  /** `true` when it is this call's turn to ask the store again, `false` when the time is over or the signal fires. */
  turn(atMostMs: number, signal: AbortSignal): Promise<boolean>
  /** Leaves the line. Once is enough: further calls change nothing. */
  leave(): void
  /** Leaves, and gives all behind a turn at once: nothing is in flight that they could wait for. */
  dissolve(): void
}

/** The calls of this worker that wait for room in a budget. */
export interface LinePort {
  readonly isEmpty: boolean
  /** The first of the scopes for which somebody waits: a call that comes now must stand in line there. */
  scopeWaitedFor(scopeIds: readonly string[]): string | undefined
  join(scopeId: string, sinceMs: number): Place
  /** Something was given back in these scopes. */
  freed(scopeIds: readonly string[]): void
}

/** The first of several calls that begin alike. Of the two verbs the first one counts, and later ones change nothing. */
export interface Lead {
  /** Its answer has begun: the beginning lies in the vendor's cache, and the others may go. */
  warmed(): void
  /** Its call ended before that, and another one leads. */
  ended(): void
}

/** How a call waits for the first of those that begin like it. */
interface Joining {
  /** How long the vendor keeps a beginning after its last use. */
  readonly ttlMs: number
  /** The longest wait for the one that leads. */
  readonly atMostMs: number
  readonly signal: AbortSignal
}

/** Calls of this worker that begin alike. */
export interface PrefixPort {
  /**
   * Resolves with the lead if the beginning is cold and nobody leads. Else it waits, and resolves with `undefined` once the beginning
   * is warm, the time is over, or the signal fires.
   */
  join(key: string, joining: Joining): Promise<Lead | undefined>
}

/** What this worker knows for classes that hedge. */
export interface HedgePort {
  /** Notes that an endpoint's first token came after this time, or had not come by then. */
  heard(endpointId: string, firstTokenMs: number): void
  /** The 95th percentile of an endpoint's times to first token, in milliseconds; `undefined` while too few are known. */
  p95Ms(endpointId: string): number | undefined
  /** Notes that a call of the class begins. */
  called(taskClass: string): void
  /** Whether one more of the class's calls may be hedged; it counts as hedged then. */
  take(taskClass: string, share: number): boolean
}
