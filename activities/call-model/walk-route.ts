/**
 * Works down a route: carries out what the remedy machine decides, attempt by attempt, until the call has its end.
 *
 * @module
 */
import { withAlsoAsked } from '../../src/core/faults/also-asked.ts'
import { REASONS } from '../../src/core/faults/call-state.ts'
import type { AskDecision, RemedyDecision, SleepDecision } from '../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import type { CallModelResult, Spent } from '../../src/core/protocol.ts'
import { isCancelRequested } from '../heartbeat.ts'
import { ask } from './ask/ask-in-turn.ts'
import { repairMessages } from './attempt/misshapen.ts'
import { endWithdrawn, lookAtBatch, openBatch } from './batch/in-batch.ts'
import { seekLostBatch, waitUnsure } from './batch/lost-batch.ts'
import { leaveLine } from './budget/line.ts'
import { overBudget } from './budget/over-budget.ts'
import { endUnanswered, giveUpWaiting, hasEarlierTry } from './give-up.ts'
import { endedFrom, spentOn } from './money/spent.ts'
import type { Prepared } from './prepare/prepared.ts'
import { accept } from './reply/hear.ts'
import { escalate } from './reply/mend.ts'
import { leaveToOtherKey } from './walk/other-key.ts'
import { mayOutlast, untilAsked } from './walk/outlasting.ts'
import { pauseTold, putOff } from './walk/pause.ts'
import { hasExpired, outputSoFar, stateSoFar, whereItStands } from './walk/resume.ts'
import { tellWait } from './walk/tell-wait.ts'
import { notWaiting } from './walk/waiting.ts'
import { begun, decide, dropTruncated, type Next, type Walk, type Walking } from './walk/walk.ts'

/** Faults that end a call by their own rule, whatever else is left or could not be paid. */
const ENDS_A_CALL: ReadonlySet<Fault['kind']> = new Set(['refused', 'invalid-request', 'cancelled'])

/** The call's end, and how it was prepared in the end: of a lower class where it has stepped down. */
export interface Walked {
  readonly result: CallModelResult
  readonly prepared: Prepared
}

/** @throws Interrupted where the activity or its worker is told to end; anything else thrown is lost infrastructure, a key that another worker has, or a bug. */
export async function walkRoute(asked: Walking): Promise<Walked> {
  const { walking, unsure } = await seekLostBatch(asked)
  const walk = begin(walking)
  try {
    let next: Next = (await waitUnsure(walk, unsure)) ?? (await lookAtBatch(walk)) ?? { event: { kind: 'begin' } }
    if (walking.prepared.input.withdraws && 'event' in next)
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
    walk.waiting.place?.leave()
  }
}

function begin(walking: Walking): Walk {
  const { soFar } = walking
  const waiting = openBatch(walking)
  const earlier = (soFar?.attempts ?? []).filter(attempt => attempt !== waiting)
  const standing = whereItStands(walking)
  const { prepared, plan, steppedDown } = standing
  const { startedAtMs = prepared.call.startedAtMs } = soFar ?? {}
  const nowMs = walking.ports.now()
  const state = stateSoFar(walking, standing, Math.min(startedAtMs, nowMs))
  return {
    ...walking,
    prepared,
    plan,
    repair: [],
    transcript: soFar?.transcript,
    state,
    ended: earlier.map(attempt => endedFrom(attempt, prepared.input.taskClass)),
    beganAtMs: nowMs,
    attempts: earlier.length,
    maxOutputTokens: outputSoFar(walking, standing, state),
    heldBack: new Map(),
    waiting: notWaiting(hasEarlierTry(walking)),
    batchExpired: hasExpired(walking),
    hedged: earlier.some(({ reason }) => reason.includes(REASONS.hedge)),
    steppedDown,
  }
}

async function carryOut(walk: Walk, decision: RemedyDecision): Promise<Next> {
  switch (decision.do) {
    case 'ask':
      if (mayOutlast(walk, decision)) return { result: await putOff(walk, ...untilAsked(decision)) }
      if (decision.afterMs > 0) await pauseFirst(walk, decision)
      if (decision.moreOutput) walk.maxOutputTokens = walk.plan.moreOutput(decision.endpoint, walk.maxOutputTokens)
      walk.repair = repairOf(walk, decision)
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

/**
 * What the attempt adds to the prompt for a repair. A repair that ended at its output limit stays one when it is asked for with
 * more output.
 */
function repairOf(walk: Walk, { repair, moreOutput }: AskDecision): Walk['repair'] {
  if (repair && walk.misshapen) return repairMessages(walk.prepared, walk.misshapen)
  return moreOutput ? walk.repair : []
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
