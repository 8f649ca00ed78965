/**
 * One walk down a route: what changes from attempt to attempt, and the steps that every part of it takes.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { CallState } from '../../../src/core/faults/call-state.ts'
import { decideRemedy, type RemedyDecision, type RemedyEvent } from '../../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { Message } from '../../../src/core/messages.ts'
import type { AttemptEnd, CallSoFar, KeptRoute, ReplyAnswer } from '../../../src/core/ports.ts'
import type { CallModelResult, TranscriptRef } from '../../../src/core/protocol.ts'
import { cacheTtlOf } from '../../../src/core/routing/roster.ts'
import type { HeldBack } from '../../../src/core/routing/route-record.ts'
import { warmTokens } from '../../../src/core/routing/warmth.ts'
import type { Say } from '../../heartbeat.ts'
import type { OpenRow } from '../attempt/attempt.ts'
import type { Misshapen } from '../attempt/misshapen.ts'
import { scopesOf } from '../money/shared-budgets.ts'
import { type EndedAttempt, endedOf } from '../money/spent.ts'
import type { InClass } from '../plan/other-class.ts'
import type { Plan } from '../plan/plan.ts'
import { keptRoute, noteKept } from '../plan/route-record.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import type { Short, Waiting } from './waiting.ts'

/** A call that is about to walk down its route. */
export interface Walking {
  readonly ports: CallModelPorts
  readonly activity: Context
  readonly say: Say
  readonly prepared: Prepared
  readonly plan: Plan
  readonly prompt: readonly Message[]
  /** Absent: the call has not begun. */
  readonly soFar?: CallSoFar
}

/** What changes from attempt to attempt. */
export interface Walk extends Omit<Walking, 'prepared' | 'plan'> {
  /** Of another class once the call has stepped down or was escalated. */
  prepared: Prepared
  plan: Plan
  /** With the call's own messages; absent until the call has begun. */
  transcript: TranscriptRef | undefined
  state: CallState
  readonly ended: EndedAttempt[]
  readonly beganAtMs: number
  /** Attempts of this call that have left so far, over all activities. */
  attempts: number
  maxOutputTokens: number
  /** The plan that lies in the ledger. */
  recorded?: Plan
  /**
   * Of the endpoints that the budget did not admit: the one that has the best chance after a wait or after the smallest raise.
   */
  short?: Short
  readonly waiting: Waiting
  /** Why endpoints of the current plan turned the call away, by endpoint. Emptied when a row has recorded the plan. */
  readonly heldBack: Map<string, HeldBack>
  /** A batch was not answered in its time: once is enough for one call, which is asked as usual from then on. */
  batchExpired: boolean
  /** A second endpoint was asked beside the first: once is enough for one call. */
  hedged: boolean
  /** For the ledger, before the reason of each attempt: which classes the call has left for its budget. */
  steppedDown: string
  /** The last answer of the wrong shape, should the machine want it repaired. */
  misshapen?: Misshapen
  /** What the next attempt adds to the prompt, to have an answer repaired. */
  repair: readonly Message[]
  /** A whole answer that ended at its limit, kept until the machine says what becomes of it. */
  truncated?: { readonly reply: ReplyAnswer; readonly row: OpenRow }
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

/** Tells the remedy machine what happened, and gives what it decides. */
export function decide(walk: Walk, event: Happened): RemedyDecision {
  const { now, chance } = walk.ports
  const [state, decision] = decideRemedy(walk.state, { ...event, nowMs: now(), chance: chance() })
  walk.state = state
  return decision
}

/** The transcript of the call. Writes the beginning of a call that ends or waits before it has asked anyone. */
export async function begun(walk: Walk): Promise<TranscriptRef> {
  if (walk.transcript) return walk.transcript
  const route = routeToKeep(walk)
  const call = { ...walk.prepared.call, ...(route && { route }) }
  walk.transcript = await walk.ports.ledger.noteCall(call)
  routeIsKept(walk, route)
  return walk.transcript
}

/** The current plan, if no row has recorded it yet; else `undefined`. */
export function routeToKeep({ ports, prepared, plan, recorded, heldBack }: Walk): KeptRoute | undefined {
  return recorded === plan ? undefined : keptRoute(ports, prepared, plan, heldBack)
}

/** Notes that the plan lies in the ledger now. */
export function routeIsKept(walk: Walk, route: KeptRoute | undefined): void {
  if (!route) return
  walk.recorded = walk.plan
  walk.heldBack.clear()
  noteKept(walk.ports, route)
}

/** Continues with another class and its plan. Why endpoints of the plan before turned the call away is forgotten. */
export function goOnIn(walk: Walk, { prepared, plan }: InClass): void {
  walk.prepared = prepared
  walk.plan = plan
  walk.maxOutputTokens = plan.maxOutputTokens
  walk.heldBack.clear()
}

/** Tokens of the transcript that lay in the endpoint's cache at that time, as far as the run knows. */
export function warmTokensAt({ prepared }: Walk, endpoint: Endpoint, atMs: number): number {
  const prefix = prepared.known?.warm?.find(warm => warm.endpoint === endpoint.id)
  return warmTokens(prefix, cacheTtlOf(endpoint), atMs)
}

/** Ends an attempt in the ledger, and wakes the calls that wait for what it gives back. */
export async function endRow(walk: Walk, { attempt }: Pick<OpenRow, 'attempt'>, end: AttemptEnd): Promise<void> {
  await walk.ports.ledger.endAttempt(attempt.attemptId, end)
  walk.ended.push(endedOf(attempt, end))
  wakeWaiting(walk)
}

/** Wakes the calls of this worker that wait for money or tokens in a scope of this call. For when some were given back. */
export function wakeWaiting({ ports, prepared }: Walk): void {
  if (!ports.line.isEmpty) ports.line.freed(scopesOf(ports, prepared))
}

/** Ends the call where it waits or is about to ask, and its activity or its worker was told to end. @throws Interrupted always. */
export async function interruptWait(walk: Walk): Promise<never> {
  await dropTruncated(walk)
  throw new Interrupted(walk.ended)
}

/** A truncated answer that another one replaces is a fault in the ledger, with the cost that it had. */
export async function dropTruncated(walk: Walk): Promise<void> {
  const held = walk.truncated
  if (!held) return
  walk.truncated = undefined
  const message = `${held.row.attempt.endpoint.id} ended at the output limit`
  const fault: Fault = { kind: 'truncated', message, evidence: {} }
  await endRow(walk, held.row, { ...held.row.end, outcome: 'fault', fault })
}
