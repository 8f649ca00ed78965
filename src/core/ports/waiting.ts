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
  /** What it will probably take of a limit on tokens. */
  readonly tokens: number
  /** Whether it comes back when it is due: then it has a place among those that wait, and keeps it. */
  readonly waits: boolean
  /** Under this id it counts where requests in flight are limited: until it is released, or until `permitUntilMs`. */
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
      /** Where the call has waited: it waits there no more. */
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
   * A request that was let start just now does not leave: what it took of limits comes back as far as it is not over by now, and its
   * call has the places again that it gave up for the start.
   */
  withdraw(ask: AdmissionAsk, gaveUp: readonly LimitPlace[], nowMs: number): Promise<void>
  /** A call waits no more. */
  leave(callId: string): Promise<void>
  /** A run is no more: none of its calls waits, and none of its requests counts as in flight. */
  leaveRun(runKey: string): Promise<void>
  /** Forgets who does not come any more, and scopes that nobody has used for an hour. Changes no start time. */
  sweep(nowMs: number): Promise<void>
}

/** Where a call of this worker stands among those that wait for room in one scope. */
export interface Place {
  readonly scopeId: string
  /** How many stand in the line, this one included. */
  readonly length: number
  /** `true` when it is this call's turn to ask the store again, `false` when the time is over or the signal fires. */
  turn(atMostMs: number, signal: AbortSignal): Promise<boolean>
  /** Once is enough; later calls change nothing. */
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
  /** It ended before that: another one leads. */
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
   * Resolves with the lead where the beginning is cold and nobody leads. Else it waits, and resolves with nothing once the beginning is
   * warm, the time is over, or the signal fires.
   */
  join(key: string, joining: Joining): Promise<Lead | undefined>
}

/** What this worker knows for classes that hedge. */
export interface HedgePort {
  /** An endpoint's first token came after this time, or had not come by then. */
  heard(endpointId: string, firstTokenMs: number): void
  /** Of 100 times to first token the 95th; `undefined` while there are too few. */
  p95Ms(endpointId: string): number | undefined
  /** A call of the class begins. */
  called(taskClass: string): void
  /** Whether one more of the class's calls may be hedged; it counts as hedged then. */
  take(taskClass: string, share: number): boolean
}
