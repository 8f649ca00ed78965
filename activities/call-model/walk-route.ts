/**
 * Works down a route: carries out what the remedy machine decides, attempt by attempt, until the call has its end.
 *
 * @module
 */
import { withAlsoAsked } from '../../src/core/faults/also-asked.ts'
import type { AskDecision, RemedyDecision, SleepDecision } from '../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import type { CallModelResult, Spent } from '../../src/core/protocol.ts'
import { isCancelRequested } from '../heartbeat.ts'
import { ask } from './ask/ask-in-turn.ts'
import { endWithdrawn, lookAtBatch } from './batch/in-batch.ts'
import { seekLostBatch, waitUnsure } from './batch/lost-batch.ts'
import { leaveLine } from './budget/line.ts'
import { overBudget } from './budget/over-budget.ts'
import { endUnanswered, giveUpWaiting } from './end-call.ts'
import { spentOn } from './money/spent.ts'
import type { Prepared } from './prepare/prepared.ts'
import { accept } from './reply/hear.ts'
import { escalate } from './reply/mend.ts'
import { leaveToOtherKey } from './walk/other-key.ts'
import { mayOutlast, untilAsked } from './walk/outlasting.ts'
import { pauseTold, putOff, tellWait } from './walk/pause.ts'
import { begun, dropTruncated } from './walk/records.ts'
import { setOut } from './walk/resume.ts'
import { decide, turnTo } from './walk/steps.ts'
import type { Next, PlannedCall, Walk } from './walk/walk.ts'

/** Faults that end a call by their own rule, whatever else is left or could not be paid. */
const ENDS_A_CALL: ReadonlySet<Fault['kind']> = new Set(['refused', 'invalid-request', 'cancelled'])

/** The call's end, and how it was prepared in the end: of a lower class where it has stepped down. */
export interface Walked {
  readonly result: CallModelResult
  readonly prepared: Prepared
}

/** @throws Interrupted where the activity or its worker is told to end; anything else thrown is lost infrastructure, a key that another worker has, or a bug. */
export async function walkRoute(call: PlannedCall): Promise<Walked> {
  const { planned, unsure } = await seekLostBatch(call)
  const walk = setOut(planned)
  try {
    let next: Next = (await waitUnsure(walk, unsure)) ?? (await lookAtBatch(walk)) ?? { event: { kind: 'begin' } }
    if (planned.prepared.input.withdraws && 'event' in next)
      next = walk.truncated ? await accept(walk) : { result: await endWithdrawn(walk) }
    while ('event' in next) next = await carryOut(walk, decide(walk, next.event))
    // A call that was put off still waits, and people see for what.
    if (next.result.kind === 'answered') await giveUpWaiting(walk)
    else if (next.result.kind !== 'wait') await endUnanswered(walk)
    return { result: next.result, prepared: walk.prepared }
  } catch (error) {
    // Only if the run is cancelled. If this worker shuts down, another one continues the call, and needs its place.
    if (isCancelRequested(walk.activity)) await endUnanswered(walk)
    throw error
  } finally {
    walk.inLine.place?.leave()
  }
}

async function carryOut(walk: Walk, decision: RemedyDecision): Promise<Next> {
  switch (decision.do) {
    case 'ask':
      if (mayOutlast(walk, decision)) return { result: await putOff(walk, ...untilAsked(decision)) }
      if (decision.afterMs > 0) await pauseFirst(walk, decision)
      turnTo(walk, decision)
      return ask(walk, decision)
    case 'escalate':
      return escalate(walk)
    case 'sleep':
      return { result: await sleep(walk, decision) }
    case 'accept':
      return accept(walk)
    case 'abandon':
      return abandon(walk, decision.fault)
  }
}

async function sleep(walk: Walk, decision: SleepDecision): Promise<CallModelResult> {
  await leaveLine(walk)
  await leaveToOtherKey(walk)
  const toldWait = tellWait(walk, decision)
  return { ...(await putOff(walk, decision.ms, decision.reason)), ...(toldWait && { toldWait }) }
}

/** Pauses before an attempt. The call leaves the line first, so that it holds up nobody who waits for money. */
async function pauseFirst(walk: Walk, { afterMs, waitsFor, endpoint }: AskDecision) {
  await leaveLine(walk)
  await pauseTold(walk, afterMs, waitsFor ?? endpoint)
}

async function abandon(walk: Walk, fault: Fault): Promise<Next> {
  await begun(walk)
  await dropTruncated(walk)
  if (!ENDS_A_CALL.has(fault.kind)) {
    await leaveToOtherKey(walk)
    if (walk.short) return overBudget(walk, walk.short)
  }
  const spent = spentOn(walk.ended)
  return { result: { kind: 'fault', fault: toldFault(walk, fault, spent), ...spent } }
}

function toldFault({ plan, state }: Walk, fault: Fault, { attempts }: Spent): Fault {
  if (fault.kind === 'no-route') return plan.noRoute()
  return state.lastLoss ? withAlsoAsked(fault, state.lastLoss.endpoint, attempts) : fault
}
