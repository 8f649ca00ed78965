/**
 * Works down a route: carries out what the remedy machine decides, attempt by attempt, until the call has its end.
 *
 * @module
 */
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Endpoint } from '../../src/core/endpoints.ts'
import { withAlsoAsked } from '../../src/core/faults/also-asked.ts'
import { REASONS } from '../../src/core/faults/call-state.ts'
import {
  type AskDecision,
  decideRemedy,
  type RemedyDecision,
  type SleepDecision,
} from '../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import { closedWords } from '../../src/core/faults/wait-words.ts'
import type { Lead } from '../../src/core/ports.ts'
import type { CallModelResult, Spent } from '../../src/core/protocol.ts'
import { PROBE_LOOK_MS } from '../../src/core/routing/breaker.ts'
import { isCancelRequested } from '../heartbeat.ts'
import { startAt, tokensAt } from './admission.ts'
import { askWithinBudget, type Beside } from './ask-within-budget.ts'
import { asksInBatch } from './asks-in-batch.ts'
import { endUnanswered, giveUpWaiting, hasEarlierTry } from './give-up.ts'
import { accept, closeInterrupted, hear, lose } from './hear.ts'
import { askHedged, type Replied, type Tried } from './hedge.ts'
import { endWithdrawn, lookAtBatch, openBatch, waitForBatch } from './in-batch.ts'
import { leaveLine, waitForTurn } from './line.ts'
import { withLostBatch } from './lost-batch.ts'
import { escalate } from './mend.ts'
import { repairMessages } from './misshapen.ts'
import { leaveToOtherKey } from './other-key.ts'
import { mayOutlast, untilAsked } from './outlasting.ts'
import { overBudget, turnAway } from './over-budget.ts'
import { pauseTold, putOff } from './pause.ts'
import type { Prepared } from './prepared.ts'
import { hasExpired, outputSoFar, stateSoFar, whereItStands } from './resume.ts'
import { leadOrWait } from './siblings.ts'
import { endedFrom, spentOn } from './spent.ts'
import { tellWait } from './tell-wait.ts'
import { notWaiting } from './waiting.ts'
import { begun, dropTruncated, type Happened, interruptWait, type Next, type Walk, type Walking } from './walk.ts'
import { hedgeTime, notHedged } from './worth-hedging.ts'

/** Faults that end a call by their own rule, whatever else is left or could not be paid. */
const ENDS_A_CALL: ReadonlySet<Fault['kind']> = new Set(['refused', 'invalid-request', 'cancelled'])

/** The call's end, and how it was prepared in the end: of a lower class where it has stepped down. */
export interface Walked {
  readonly result: CallModelResult
  readonly prepared: Prepared
}

/** @throws Interrupted where the activity or its worker is told to end; anything else thrown is lost infrastructure, a key that another worker has, or a bug. */
export async function walkRoute(walking: Walking): Promise<Walked> {
  const walk = begin(await withLostBatch(walking))
  try {
    let next: Next = (await lookAtBatch(walk)) ?? { event: { kind: 'begin' } }
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

function decide(walk: Walk, event: Happened): RemedyDecision {
  const { now, chance } = walk.ports
  const [state, decision] = decideRemedy(walk.state, { ...event, nowMs: now(), chance: chance() })
  walk.state = state
  return decision
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

async function ask(walk: Walk, asking: AskDecision): Promise<Next> {
  await waitForTurn(walk)
  // What waits in a batch warms no cache for others now.
  const lead = asksInBatch(walk) ? undefined : await leadOrWait(walk, walk.plan.endpoint(asking.endpoint))
  try {
    return await askInTurn(walk, asking, lead)
  } finally {
    lead?.ended()
  }
}

async function askInTurn(walk: Walk, asking: AskDecision, lead: Lead | undefined): Promise<Next> {
  // What began now might be cut when the grace time is over, and paid for again.
  if (walk.ports.stopping.aborted && !hasInHand(walk)) return interruptWait(walk)
  const { reason, takesPlace = false } = asking
  const endpoint = walk.plan.endpoint(asking.endpoint)
  // Another call may have got a 429 there since this one was planned.
  if (walk.ports.health.of(endpoint.id).closed?.rule === 'cooling') return comeBackLater(walk, endpoint.id)
  const start = await startAt(walk, endpoint, takesPlace)
  if ('event' in start) return start
  const { attempts } = walk
  let hasLeft = true
  try {
    const next = await askNow(walk, endpoint, reason, { onContent: lead?.warmed, permit: start.permit })
    hasLeft = walk.attempts > attempts
    return next
  } finally {
    await start.end(hasLeft)
  }
}

/** Whether it asks for something better than an answer that is here, and that the next worker would not have. */
function hasInHand({ repair, truncated }: Walk): boolean {
  return repair.length > 0 || truncated !== undefined
}

async function askNow(walk: Walk, planned: Endpoint, reason: string, beside: Beside): Promise<Next> {
  // Batches count for no limit on tokens.
  const tokens = asksInBatch(walk) ? 0 : tokensAt(walk, planned)
  if (!(await walk.ports.health.claim(planned.id, tokens))) return comeBackLater(walk, planned.id)
  const { endpoint, attempted } = await askOneOrTwo(walk, planned, reason, beside)
  if (attempted.kind === 'short') {
    walk.ports.health.record(endpoint.id, { kind: 'lost' })
    const { reserved, asked, least } = attempted
    return turnAway(walk, { of: reserved, asked, ...(least && { least }), endpoint: endpoint.id })
  }
  if (attempted.kind === 'submitted') {
    walk.ports.health.record(endpoint.id, { kind: 'lost' })
    walk.attempts += 1
    return { result: await waitForBatch(walk, attempted) }
  }
  if (attempted.row?.inBatch) walk.ports.health.record(endpoint.id, { kind: 'lost' })
  return hear(walk, endpoint, attempted)
}

/** Asks the endpoint, and a second one beside it if the class hedges and the first is slow to begin. */
async function askOneOrTwo(walk: Walk, endpoint: Endpoint, reason: string, beside: Beside): Promise<Tried> {
  if (asksInBatch(walk)) return { endpoint, attempted: await askWithinBudget(walk, endpoint, reason, beside) }
  const time = hedgeTime(walk, endpoint)
  if (!('afterMs' in time)) {
    const attempted = await askWithinBudget(walk, endpoint, reason, beside)
    return { endpoint, attempted: notHedged(attempted, time.unhedged) }
  }
  const { afterMs } = time
  const loseOne = (of: Endpoint, replied: Replied) => loseBeside(walk, of, replied)
  return askHedged({ ...beside, walk, endpoint, reason, afterMs, lose: loseOne })
}

/**
 * Books an attempt that failed while another one of the same call may still answer. The remedy machine hears of it, but what it
 * decides is not carried out.
 */
async function loseBeside(walk: Walk, endpoint: Endpoint, { reply, row }: Replied): Promise<void> {
  if (row) walk.attempts += 1
  if (reply.kind === 'answer') throw new Error(`${endpoint.id} answered, and is not to be lost. This is a bug`)
  if (reply.fault.kind === 'cancelled') return closeInterrupted(walk, endpoint, row)
  const next = await lose(walk, endpoint, { fault: reply.fault }, row)
  if ('event' in next) decide(walk, next.event)
}

/** The endpoint may not be asked now: another attempt is probing it, or it was closed since the plan was made. */
function comeBackLater({ ports }: Walk, endpoint: string): Next {
  const { health, now } = ports
  const closed = health.of(endpoint).closed
  const closedBy = closed?.rule === 'breaker-open' ? closed.fault : undefined
  const untilMs = closed?.untilMs ?? now() + PROBE_LOOK_MS
  const refusesSinceMs = closed?.rule === 'cooling' ? closed.sinceMs : undefined
  const waitsFor = closed && closedWords(endpoint, closed)
  return { event: definedOnly({ kind: 'closed' as const, endpoint, untilMs, waitsFor, closedBy, refusesSinceMs }) }
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
