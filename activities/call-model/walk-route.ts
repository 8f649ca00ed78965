/**
 * Works down a route: carries out what the remedy machine decides, attempt by attempt, until the call has its end.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Context } from '@temporalio/activity'
import type { Endpoint } from '../../src/core/endpoints.ts'
import { type CallState, callCandidates, resumeState } from '../../src/core/faults/call-state.ts'
import { decideRemedy, type RemedyDecision, type RemedyEvent } from '../../src/core/faults/decide-remedy.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import { remedyFor } from '../../src/core/faults/remedies.ts'
import type { Message } from '../../src/core/messages.ts'
import type { AttemptEnd, CallSoFar, ReplyAnswer, WorstCase } from '../../src/core/ports.ts'
import type { CallModelResult, TranscriptRef } from '../../src/core/protocol.ts'
import { isCancelRequested } from '../heartbeat.ts'
import { type Attempted, askOnce, type OpenRow } from './attempt.ts'
import { fittingOutput, inFlightReason, type ShortOf, shortMessage } from './budget.ts'
import { commit } from './commit.ts'
import { judgeReply } from './judge.ts'
import type { Plan } from './plan.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepare.ts'
import { type EndedAttempt, endedFrom, endedOf, spentOn } from './spent.ts'

export interface Walking {
  readonly ports: CallModelPorts
  readonly activity: Context
  readonly prepared: Prepared
  readonly plan: Plan
  readonly prompt: readonly Message[]
  readonly transcript: TranscriptRef
  readonly soFar: CallSoFar
}

/** The activity was told to end while it walked. Carries what was spent until then. */
export class Interrupted extends Error {
  readonly attempts: readonly EndedAttempt[]
  constructor(attempts: readonly EndedAttempt[]) {
    super('the call was interrupted')
    this.attempts = attempts
  }
}

/** What changes from attempt to attempt. */
interface Walk extends Walking {
  state: CallState
  readonly ended: EndedAttempt[]
  /** Attempts of this call that have left so far, over all activities. */
  attempts: number
  maxOutputTokens: number
  /** The last endpoint that the budget did not admit. */
  short?: { readonly of: ShortOf; readonly asked: WorstCase; readonly endpoint: string }
  /** A whole answer that ended at its limit, kept until the machine says what becomes of it. */
  truncated?: { readonly reply: ReplyAnswer; readonly row: OpenRow }
}

type Next = { readonly event: Happened } | { readonly result: CallModelResult }
/** An event of the machine before it is given the clock and the chance. */
type Happened = RemedyEvent extends infer Event
  ? Event extends RemedyEvent
    ? Omit<Event, 'nowMs' | 'chance'>
    : never
  : never

/** About as long as a probe takes that comes back with an answer. */
const PROBE_MS = 1_000

/** Faults that end a call by their own rule, whatever else is left or could not be paid. */
const ENDS_A_CALL: ReadonlySet<Fault['kind']> = new Set(['refused', 'invalid-request', 'cancelled'])

/** How often a call looks whether money that others hold has come free, while its class is patient. */
const BUDGET_POLL_MS = 200

export async function walkRoute(walking: Walking): Promise<CallModelResult> {
  const { plan, prepared, soFar } = walking
  const { patienceMs, onRefusal } = prepared.taskClass
  const start = { candidates: callCandidates(plan.route), patienceMs, onRefusal }
  const walk: Walk = {
    ...walking,
    state: resumeState(start, soFar.attempts),
    ended: soFar.attempts.map(endedFrom),
    attempts: soFar.attempts.length,
    maxOutputTokens: plan.maxOutputTokens,
  }
  let next: Next = { event: { kind: 'begin' } }
  for (;;) {
    if ('result' in next) return next.result
    next = await carryOut(walk, decide(walk, next.event))
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
      if (decision.afterMs > 0) await pause(walk, decision.afterMs)
      if (decision.moreOutput) walk.maxOutputTokens = walk.plan.moreOutput(decision.endpoint, walk.maxOutputTokens)
      return ask(walk, decision.endpoint, decision.reason)
    case 'sleep':
      return { result: await wait(walk, decision.ms, decision.reason) }
    case 'accept':
      return accept(walk)
    case 'abandon':
      return abandon(walk, decision.fault)
  }
}

async function ask(walk: Walk, endpointId: string, reason: string): Promise<Next> {
  if (!walk.ports.health.claim(endpointId)) return comeBackLater(walk, endpointId)
  const endpoint = walk.plan.endpoint(endpointId)
  const attempted = await askWithinBudget(walk, endpoint, reason)
  if (attempted.kind === 'short') {
    walk.ports.health.record(endpointId, { kind: 'lost' })
    walk.short = { of: attempted.reserved, asked: attempted.asked, endpoint: endpointId }
    const candidates = walk.state.candidates.filter(candidate => candidate.endpoint !== endpointId)
    walk.state = { ...walk.state, candidates }
    return { event: { kind: 'begin' } }
  }
  return hear(walk, endpoint, attempted)
}

/** Another attempt probes the endpoint right now, or closed it since the plan was made. */
function comeBackLater({ ports }: Walk, endpoint: string): Next {
  const { health, now } = ports
  const untilMs = health.of(endpoint).closedUntilMs?.untilMs ?? now() + PROBE_MS
  return { event: { kind: 'closed', endpoint, untilMs } }
}

/** Asks, with less output where only that fits. Tried thrice at most: the headroom may shrink meanwhile. */
async function askWithinBudget(walk: Walk, endpoint: Endpoint, reason: string): Promise<Attempted> {
  const { ports, prepared, plan, prompt } = walk
  const { minOutputTokens } = prepared.taskClass
  let maxOutputTokens = plan.outputAt(endpoint, walk.maxOutputTokens)
  for (let left = 3; ; left -= 1) {
    const attempt = walk.attempts + 1
    const signal = walk.activity.cancellationSignal
    const common = { endpoint, attempt, planned: plan.planned, reason, prompt, signal }
    const attempted = await askOnce(ports, prepared, { ...common, maxOutputTokens })
    if (attempted.kind !== 'short' || left === 1) return attempted
    const { reserved, asked } = attempted
    const fitting = fittingOutput(reserved, asked, maxOutputTokens, minOutputTokens, endpoint.price)
    if (fitting === undefined) return attempted
    maxOutputTokens = fitting
  }
}

/** Takes a reply in: health hears of it, the ledger gets its end, and an answer goes to the journal. */
async function hear(walk: Walk, endpoint: Endpoint, attempted: Extract<Attempted, { kind: 'replied' }>): Promise<Next> {
  const { reply, row } = attempted
  if (row) walk.attempts += 1
  if (reply.kind === 'fault') {
    if (reply.fault.kind === 'cancelled') return interrupt(walk, endpoint, row)
    return lose(walk, endpoint, reply.fault, row)
  }
  if (!row) throw new Error(`${endpoint.id} answered a request that never passed the gate. This is a bug`)
  const judged = judgeReply(walk.prepared, reply, endpoint.id)
  if (judged.kind === 'answer') {
    await dropTruncated(walk)
    return answer(walk, reply, row, judged.value)
  }
  if (judged.fault.kind !== 'truncated') return lose(walk, endpoint, judged.fault, row)
  // At once: a probe that nobody reports on would keep the endpoint from being asked for more.
  walk.ports.health.record(endpoint.id, { kind: 'fault', fault: judged.fault })
  await dropTruncated(walk)
  walk.truncated = { reply, row }
  const canGrow = walk.plan.canGrow(endpoint.id, walk.maxOutputTokens) && walk.short === undefined
  return { event: { kind: 'fault', endpoint: endpoint.id, fault: judged.fault, canGrow } }
}

async function lose(walk: Walk, endpoint: Endpoint, fault: Fault, row: OpenRow | undefined): Promise<Next> {
  walk.ports.health.record(endpoint.id, { kind: 'fault', fault })
  log(walk, 'attempt failed', endpoint.id, fault)
  if (row) await endRow(walk, row, { ...row.end, outcome: 'fault', fault })
  return { event: { kind: 'fault', endpoint: endpoint.id, fault } }
}

async function endRow(walk: Walk, { attempt }: OpenRow, end: AttemptEnd): Promise<void> {
  await walk.ports.ledger.endAttempt(attempt.attemptId, end)
  walk.ended.push(endedOf(attempt, end))
}

/** A truncated answer that another one replaces is a fault in the ledger, with the cost that it had. */
async function dropTruncated(walk: Walk): Promise<void> {
  const held = walk.truncated
  if (!held) return
  walk.truncated = undefined
  const message = `${held.row.attempt.endpoint.id} ended at the output limit`
  const fault: Fault = { kind: 'truncated', message, evidence: {} }
  await endRow(walk, held.row, { ...held.row.end, outcome: 'fault', fault })
}

async function accept(walk: Walk): Promise<Next> {
  if (!walk.truncated) throw new Error('there is no truncated answer to accept. This is a bug')
  const { reply, row } = walk.truncated
  return answer(walk, reply, row, undefined)
}

async function answer(walk: Walk, reply: ReplyAnswer, row: OpenRow, value: unknown): Promise<Next> {
  const { ports, prepared, transcript, prompt } = walk
  const { endpoint } = row.attempt
  const { firstTokenMs } = reply.timings
  ports.health.record(endpoint.id, { kind: 'answered', ...(firstTokenMs !== undefined && { firstTokenMs }) })
  const committed = await commit(ports, { prepared, transcript, promptLength: prompt.length, reply, row, value })
  walk.ended.push(endedOf(row.attempt, row.end))
  return { result: { kind: 'answered', answer: committed, ...spentOn(walk.ended) } }
}

/**
 * The socket is closed. A cancelled run ends its attempt here, with what it may have cost; a worker that shuts down
 * leaves it as abandoned, and another worker goes on.
 */
async function interrupt(walk: Walk, endpoint: Endpoint, row: OpenRow | undefined): Promise<never> {
  const outcome = isCancelRequested(walk.activity) ? 'cancelled' : 'abandoned'
  walk.ports.health.record(endpoint.id, { kind: 'lost' })
  await dropTruncated(walk)
  if (row) await endRow(walk, row, { ...row.end, outcome })
  throw new Interrupted(walk.ended)
}

async function abandon(walk: Walk, fault: Fault): Promise<Next> {
  await dropTruncated(walk)
  if (walk.short && !ENDS_A_CALL.has(fault.kind)) return overBudget(walk, walk.short)
  const told = fault.kind === 'no-route' ? walk.plan.noRoute() : fault
  return { result: { kind: 'fault', fault: told, ...spentOn(walk.ended) } }
}

/** Waits for what is in flight while the class is patient; refuses last. */
async function overBudget(walk: Walk, short: NonNullable<Walk['short']>): Promise<Next> {
  const { patienceMs } = walk.prepared.taskClass
  if (short.of.inFlight && walk.state.waitedMs + BUDGET_POLL_MS <= patienceMs) {
    await pause(walk, BUDGET_POLL_MS)
    const { over: _, ...state } = walk.state
    const candidates = callCandidates(walk.plan.route)
    walk.state = { ...state, candidates, waitedMs: state.waitedMs + BUDGET_POLL_MS }
    walk.short = undefined
    return { event: { kind: 'begin' } }
  }
  if (short.of.inFlight) return { result: await wait(walk, 1_000, inFlightReason(short.of)) }
  const message = shortMessage(short.of, short.asked, short.endpoint)
  return { result: { kind: 'over-budget', message, ...spentOn(walk.ended) } }
}

async function wait(walk: Walk, ms: number, reason: string): Promise<CallModelResult> {
  const { ports, prepared } = walk
  const { run, step } = prepared.call
  await dropTruncated(walk)
  await ports.events.write(run, [{ kind: 'wait', step, ms, reason }], ports.now())
  return { kind: 'wait', ms, reason, ...spentOn(walk.ended) }
}

async function pause(walk: Walk, ms: number): Promise<void> {
  try {
    await delay(ms, undefined, { signal: walk.activity.cancellationSignal })
  } catch (error) {
    if (!walk.activity.cancellationSignal.aborted) throw error
    await dropTruncated(walk)
    throw new Interrupted(walk.ended)
  }
}

/** No prompt, no answer: the fault's own words and codes. A warning where somebody has to act. */
function log(walk: Walk, event: string, endpoint: string, fault: Fault): void {
  const { run, step, taskClass } = walk.prepared.call
  const { kind, message, evidence } = fault
  const level = remedyFor(kind).alert ? 'warn' : 'info'
  walk.activity.log[level](event, { run: run.id, step, class: taskClass, endpoint, fault: kind, message, ...evidence })
}
