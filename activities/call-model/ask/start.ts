/**
 * When a request may start at an endpoint whose vendor limits how many: at once, after a wait, or elsewhere.
 *
 * @module
 */
import { HEARTBEAT_TIMEOUT_MS } from '../../../src/core/call-time.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { isOnlyReady } from '../../../src/core/faults/readiness.ts'
import type { Admission, AdmissionAsk, LimitPlace, Permit } from '../../../src/core/ports.ts'
import { cachesOnlyMarked } from '../../../src/core/routing/cache/cache-marks.ts'
import { USUAL } from '../../../src/core/routing/health/measured.ts'
import { limitsOf, type ScopeLimit } from '../../../src/core/routing/limits/scope-limits.ts'
import { countOf } from '../../../src/core/words/count-of.ts'
import { asksInBatch } from '../walk/batch-time.ts'
import { pause } from '../walk/pause.ts'
import { addWait, holdBack, holdTicket } from '../walk/steps.ts'
import { type Happened, type Next, type Walk, warmTokensAt } from '../walk/walk.ts'

/** The usual priority, in the middle of 1 to 5. */
const PRIORITY = 3

/** How long a call waits where its prompt is warm, rather than pay for the whole prompt elsewhere. */
const WARM_WAIT_MS = 1_000

/**
 * How long a request that has left counts as in flight if nobody reports its end, because its worker is gone. Longer than attempts
 * take, unless the configuration says how long they may take.
 */
const PERMIT_MS = 900_000

/** If the configuration does: the same, as a multiple of that time. The rest is for what is written before and after. */
const PERMIT_SHARE = 1.1

/** Called when an admitted attempt is over. `hasLeft`: whether its request was sent. If not, it takes nothing of the limits. */
export type EndStart = (hasLeft: boolean) => Promise<void>

/** An admitted attempt. */
export interface Start {
  /** Absent: nobody limits how many requests are in flight there. */
  readonly permit?: Permit
  readonly end: EndStart
}

const UNLIMITED: Start = { end: async () => {} }

/**
 * Asks for permission to start. Only for an endpoint with limits is the store asked. A call that can go elsewhere does so, unless
 * the wait is short and its prompt is warm here. A call that cannot gets a place in line, comes back when it is due, and keeps
 * its place until then. If several endpoints hold it back, it gets one only where it will be its turn first.
 *
 * @param takesPlace - Whether that is here.
 */
export async function startAt(
  walk: Walk,
  endpoint: Endpoint,
  takesPlace: boolean,
): Promise<Start | Extract<Next, { event: unknown }>> {
  const limits = limitsOf(endpoint, walk.ports.health.of(endpoint.id))
  // Batches have limits of their own.
  if (limits.length === 0 || asksInBatch(walk)) return UNLIMITED
  const { patienceMs } = walk.prepared.taskClass
  for (;;) {
    const ask = askOf(walk, endpoint, limits, takesPlace)
    const said = await walk.ports.admissions.admit(ask)
    if (said.kind === 'start') {
      holdTicket(walk, false)
      return started(walk, endpoint, ask, said.gaveUp)
    }
    if (ask.waits) holdTicket(walk, true)
    const waitMs = said.atMs - walk.ports.now()
    const by = limitWords(limits, said)
    holdBack(walk, endpoint.id, { by, ms: Math.max(1, Math.round(waitMs)) })
    if (!isWarm(walk, endpoint.id) || waitMs > WARM_WAIT_MS || walk.state.waitedMs + waitMs > patienceMs)
      return { event: closedUntil(endpoint.id, said.atMs, by, ask.waits) }
    await pause(walk, Math.max(1, waitMs))
    addWait(walk, Math.max(1, waitMs))
  }
}

function closedUntil(endpoint: string, untilMs: number, waitsFor: string, placed: boolean): Happened {
  return { kind: 'closed', endpoint, untilMs, waitsFor, exact: true, ...(placed && { placed }) }
}

/** The same for an attempt beside another one of the call: `undefined` unless it may start now. */
export async function startBeside(walk: Walk, endpoint: Endpoint): Promise<Start | undefined> {
  const limits = limitsOf(endpoint, walk.ports.health.of(endpoint.id))
  if (limits.length === 0) return UNLIMITED
  const ask = { ...askOf(walk, endpoint, limits, false), waits: false }
  const said = await walk.ports.admissions.admit(ask)
  return said.kind === 'start' ? started(walk, endpoint, ask, said.gaveUp) : undefined
}

function started(walk: Walk, endpoint: Endpoint, ask: AdmissionAsk, gaveUp: readonly LimitPlace[]): Start {
  const { admissions, now } = walk.ports
  const permit = permitOf(endpoint, ask)
  const end: EndStart = async hasLeft => {
    if (hasLeft) {
      if (permit) await admissions.release(permit.permitId)
      return
    }
    if (gaveUp.length > 0) holdTicket(walk, true)
    await admissions.withdraw(ask, gaveUp, now())
  }
  return { end, ...(permit && { permit }) }
}

function permitOf({ longestMs = 0 }: Endpoint, { limits, permitId, nowMs }: AdmissionAsk): Permit | undefined {
  const scopeIds = limits.filter(({ concurrency }) => concurrency !== undefined).map(({ scopeId }) => scopeId)
  if (scopeIds.length === 0) return undefined
  return { permitId, scopeIds, untilMs: nowMs + Math.max(PERMIT_MS, Math.ceil(longestMs * PERMIT_SHARE)) }
}

/**
 * Gives up the place of a call that ends without the start that it waited for.
 *
 * @param hasTicket - Whether the store may have one for it.
 */
export async function giveUpStart(walk: Walk, hasTicket: boolean): Promise<void> {
  if (!hasTicket) return
  holdTicket(walk, false)
  await walk.ports.admissions.leave(walk.prepared.call.callId)
}

function askOf(walk: Walk, endpoint: Endpoint, limits: readonly ScopeLimit[], takesPlace: boolean): AdmissionAsk {
  const { ports, prepared, state } = walk
  const { call, taskClass } = prepared
  const nowMs = ports.now()
  return {
    callId: call.callId,
    workspace: call.run.workspace,
    priority: taskClass.priority ?? PRIORITY,
    limits,
    tokens: tokensAt(walk, endpoint),
    waits: takesPlace || isOnlyReady(state, endpoint.id, nowMs),
    // Not the attempt's number: a worker that was believed lost may come to the same one, and then give back what is not its own.
    permitId: `${call.callId}#${ports.newId()}`,
    // Until it leaves. By then another worker goes on if this one is gone.
    permitUntilMs: nowMs + HEARTBEAT_TIMEOUT_MS,
    nowMs,
  }
}

/**
 * How many tokens of the endpoint's limits the attempt will probably take. Claude's vendors do not count what is read from their caches
 * (https://platform.claude.com/docs/en/api/rate-limits#cache-aware-itpm); others mostly do.
 */
export function tokensAt(walk: Walk, endpoint: Endpoint): number {
  const { ports, plan, maxOutputTokens } = walk
  const { outputTokens } = ports.health.of(endpoint.id).measured ?? USUAL
  const cached = cachesOnlyMarked(endpoint) ? warmTokensAt(walk, endpoint, ports.now()) : 0
  return Math.ceil(Math.max(0, plan.promptTokens - cached) + Math.min(outputTokens, maxOutputTokens))
}

function isWarm({ state }: Walk, endpointId: string): boolean {
  return state.candidates.some(({ endpoint, warm }) => endpoint === endpointId && warm)
}

/** `acme is at its limit of 60 requests per minute`. */
function limitWords(limits: readonly ScopeLimit[], said: Extract<Admission, { kind: 'later' }>): string {
  const limit = limits.find(({ scopeId }) => scopeId === said.scopeId)!
  const most = said.isFull ? `${countOf(limit.concurrency!, 'request')} at once` : paceWords(limit)
  return `${said.scopeId} is at its limit of ${most}`
}

function paceWords({ requestsPerMinute, tokensPerMinute }: ScopeLimit): string {
  return [
    ...(requestsPerMinute === undefined ? [] : [countOf(Math.round(requestsPerMinute), 'request')]),
    ...(tokensPerMinute === undefined ? [] : [countOf(Math.round(tokensPerMinute), 'token')]),
  ]
    .join(' and ')
    .concat(' per minute')
}
