/**
 * All that can change while a call walks down its route. A {@link Walk} is read-only to everybody else, so whoever asks where something comes
 * from finds it here. No step asks, writes or waits.
 *
 * @module
 */
import { escalateCall, moveCall, outrun } from '../../../src/core/faults/call-state.ts'
import { type AskDecision, decideRemedy, type RemedyDecision } from '../../../src/core/faults/decide-remedy.ts'
import type { KeptRoute } from '../../../src/core/ports.ts'
import type { TranscriptRef } from '../../../src/core/protocol.ts'
import type { HeldBack } from '../../../src/core/routing/route/route-record.ts'
import { type Misshapen, repairMessages } from '../attempt/misshapen.ts'
import type { EndedAttempt } from '../money/spent.ts'
import { candidatesOf, type InClass, newStateOf } from '../plan/other-class.ts'
import { noteKept } from '../plan/route-record.ts'
import type { InLine, Short } from './in-line.ts'
import type { Happened, KeptAnswer, Walk } from './walk.ts'

/** A walk as it is in this file alone. */
type Changing = { -readonly [Name in keyof Walk]: Walk[Name] }

/** Tells the remedy machine what happened, and gives what it decides. */
export function decide(walk: Changing, event: Happened): RemedyDecision {
  const { now, chance } = walk.ports
  const [state, decision] = decideRemedy(walk.state, { ...event, nowMs: now(), chance: chance() })
  walk.state = state
  return decision
}

/** Uses up so much of its class's patience. */
export function addWait(walk: Changing, ms: number): void {
  walk.state = { ...walk.state, waitedMs: walk.state.waitedMs + ms }
}

/** An endpoint has lost a hedge: others are asked before it now. */
export function loseHedge(walk: Changing, endpoint: string): void {
  walk.state = outrun(walk.state, endpoint)
}

/**
 * What the next attempt asks for: more output, or to have an answer repaired. A repair that ended at its output limit stays one when it is
 * asked for with more output.
 */
export function turnTo(walk: Changing, { endpoint, repair, moreOutput }: AskDecision): void {
  if (moreOutput) walk.maxOutputTokens = walk.plan.moreOutput(endpoint, walk.maxOutputTokens)
  if (repair && walk.misshapen) walk.repair = repairMessages(walk.prepared, walk.misshapen)
  else if (!moreOutput) walk.repair = []
}

/** The call has begun in the ledger, with its own messages. */
export function begin(walk: Changing, transcript: TranscriptRef | undefined): void {
  walk.transcript ??= transcript
}

/** The plan lies in the ledger now. */
export function recordPlan(walk: Changing, route: KeptRoute | undefined): void {
  if (!route) return
  walk.recorded = walk.plan
  walk.heldBack = undefined
  noteKept(walk.ports, route)
}

/** An attempt that had left is out no more: it has ended, or waits in a batch. */
export function countAttempt(walk: Changing): void {
  walk.attempts += 1
}

export function addEnded(walk: Changing, ended: EndedAttempt): void {
  walk.ended = [...walk.ended, ended]
}

/** For the record of the plan: why an endpoint was not asked. */
export function holdBack(walk: Changing, endpoint: string, why: HeldBack): void {
  walk.heldBack = new Map(walk.heldBack).set(endpoint, why)
}

/** Takes an endpoint off the candidates until there is more room in the budget. @param best - Of all that the budget did not admit */
export function leaveOut(walk: Changing, endpoint: string, best: Short): void {
  walk.short = best
  const candidates = walk.state.candidates.filter(candidate => candidate.endpoint !== endpoint)
  walk.state = { ...walk.state, candidates }
}

/** Tries all candidates of the plan again. What the call has learned about each from its faults still holds. */
export function beginAgain(walk: Changing): void {
  const { over: _, ...state } = walk.state
  walk.state = { ...state, candidates: candidatesOf(walk.plan) }
  walk.short = undefined
}

/** Goes on in a cheaper class, with patience anew. */
export function moveDown(walk: Changing, lower: InClass): void {
  walk.steppedDownFrom = walk.prepared.taskClass.name
  walk.state = { ...moveCall(walk.state, newStateOf(lower)), waitedMs: 0 }
  moveTo(walk, lower)
}

/** Goes on in a better class. */
export function moveUp(walk: Changing, higher: InClass): void {
  walk.state = escalateCall(walk.state, newStateOf(higher))
  walk.short = undefined
  moveTo(walk, higher)
}

/** Why endpoints of the plan before turned the call away is forgotten. */
function moveTo(walk: Changing, { prepared, plan }: InClass): void {
  walk.prepared = prepared
  walk.plan = plan
  walk.maxOutputTokens = plan.maxOutputTokens
  walk.heldBack = undefined
}

export function moveInLine(walk: Changing, changes: Partial<InLine>): void {
  walk.inLine = { ...walk.inLine, ...changes }
}

/** Whether the store may have a place for the call among those that wait for an endpoint's limit. */
export function holdTicket(walk: Changing, hasTicket: boolean): void {
  walk.hasTicket = hasTicket
}

export function keepMisshapen(walk: Changing, misshapen: Misshapen): void {
  walk.misshapen = misshapen
}

/** @param truncated - Absent: it is kept no longer */
export function keepTruncated(walk: Changing, truncated?: KeptAnswer): void {
  walk.truncated = truncated
}

/** Its batch was not answered in time. */
export function expireBatch(walk: Changing): void {
  walk.batchExpired = true
}

/** A second endpoint is asked beside the first. */
export function noteHedge(walk: Changing): void {
  walk.hedged = true
}
