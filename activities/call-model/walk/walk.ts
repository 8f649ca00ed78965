/**
 * One walk down a route: how far a call has come. Everybody reads it, and only the steps of `steps.ts` change it.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { CallState } from '../../../src/core/faults/call-state.ts'
import type { RemedyEvent } from '../../../src/core/faults/decide-remedy.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { CallSoFar, ReplyAnswer } from '../../../src/core/ports.ts'
import type { CallModelResult, TranscriptRef } from '../../../src/core/protocol.ts'
import { cacheTtlOf } from '../../../src/core/routing/cache/cache-ttl.ts'
import { warmTokens } from '../../../src/core/routing/cache/warmth.ts'
import type { HeldBack } from '../../../src/core/routing/route/route-record.ts'
import type { Say } from '../../heartbeat.ts'
import type { OpenRow } from '../attempt/attempt.ts'
import type { Misshapen } from '../attempt/misshapen.ts'
import type { EndedAttempt } from '../money/spent.ts'
import type { Plan } from '../plan/plan.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import type { InLine, Short } from './in-line.ts'

/** A call that is about to walk down its route. */
export interface PlannedCall {
  readonly ports: CallModelPorts
  readonly activity: Context
  readonly say: Say
  readonly prepared: Prepared
  readonly plan: Plan
  readonly prompt: readonly Message[]
  /** Absent: the call has not begun. */
  readonly soFar?: CallSoFar
}

/** The call on its way. `prepared` and `plan` are those of another class once it has stepped down or was escalated. */
export interface Walk extends PlannedCall {
  /** When this activity began. */
  readonly beganAtMs: number
  /** What the remedy machine knows of the call. */
  readonly state: CallState
  readonly maxOutputTokens: number
  /** The class that the call has left last for its budget. The reasons of its attempts begin with it. */
  readonly steppedDownFrom: string | undefined

  /** With the call's own messages; absent until the call has begun. */
  readonly transcript: TranscriptRef | undefined
  /** Attempts of this call that have left so far, over all activities, without those that are out. */
  readonly attempts: number
  readonly ended: readonly EndedAttempt[]
  /** The plan that lies in the ledger. */
  readonly recorded?: Plan
  /** Why endpoints of the current plan turned the call away, by endpoint, until a row has recorded the plan. */
  readonly heldBack?: ReadonlyMap<string, HeldBack>

  /** Of the endpoints that the budget did not admit: the one that has the best chance after a wait or after the smallest raise. */
  readonly short?: Short
  /** How it waits for room in a budget. */
  readonly inLine: InLine
  /** The store may have a place for it among those that wait for an endpoint's limit. */
  readonly hasTicket: boolean

  /** The last answer of the wrong shape, should the machine want it repaired. */
  readonly misshapen?: Misshapen
  /** What the next attempt adds to the prompt, to have an answer repaired. */
  readonly repair: readonly Message[]
  /** A whole answer that ended at its limit, kept until the machine says what becomes of it. */
  readonly truncated?: KeptAnswer

  /** A batch was not answered in its time: once is enough for one call, which is asked as usual from then on. */
  readonly batchExpired: boolean
  /** A second endpoint was asked beside the first: once is enough for one call. */
  readonly hedged: boolean
}

/** An answer whose row is still open. */
export interface KeptAnswer {
  readonly reply: ReplyAnswer
  readonly row: OpenRow
}

/** What the remedy machine is to hear next, or the end of the call. */
export type Next = { readonly event: Happened } | { readonly result: CallModelResult }

/** An event of the machine before it is given the clock and the chance. */
export type Happened = RemedyEvent extends infer Event
  ? Event extends RemedyEvent
    ? Omit<Event, 'nowMs' | 'chance'>
    : never
  : never

/** The activity, or its worker, was told to end while it walked. Carries what was spent until then. */
export class Interrupted extends Error {
  readonly attempts: readonly EndedAttempt[]
  /** What people could read of the answer that was under way. */
  readonly said: string | undefined
  constructor(attempts: readonly EndedAttempt[], said?: string) {
    super('the call was interrupted')
    this.attempts = attempts
    this.said = said
  }
}

/** Whether an earlier try or activity may have worked on the call. */
export function hasEarlierTry({ soFar, activity }: PlannedCall): boolean {
  return soFar !== undefined || activity.info.attempt > 1
}

/** Tokens of the transcript that lay in the endpoint's cache at that time, as far as the run knows. */
export function warmTokensAt({ prepared }: Walk, endpoint: Endpoint, atMs: number): number {
  const prefix = prepared.known?.warm?.find(warm => warm.endpoint === endpoint.id)
  return warmTokens(prefix, cacheTtlOf(endpoint), atMs)
}
