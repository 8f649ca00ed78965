/**
 * What one call remembers of its candidates and attempts, and how each attempt's end changes it. Plain JSON.
 *
 * @module
 */
import { providerIn } from '../endpoint-id.ts'
import type { AttemptRecord } from '../ports.ts'
import { isPassing, type Route } from '../routing/route.ts'
import type { TaskClass } from '../task-class.ts'
import type { Fault } from './fault.ts'
import { RETRY_DELAY_MS, type RemedyRule, remedyFor } from './remedies.ts'

/**
 * Attempts of one call at all endpoints together. Sixteen: enough to walk past several vendors' bad hour, few
 * enough that a call which nobody can serve ends.
 */
export const MAX_ATTEMPTS = 16

/** 429s that one endpoint may answer within one call before it is out: the first and five waits. */
export const MAX_RATE_LIMITED = 6

/** Lost workers after which other candidates go first, and after which the endpoint is out: the call itself may be what kills them. */
const LOST_WORKERS = { spare: 2, out: 4 }

/** The first pause after a 429 that named none; it doubles with each further one: 1, 2, 4, 8, 16 s. */
const RATE_LIMIT_PAUSE_MS = 1_000

/** What the machine needs to know of an endpoint. */
export interface CallCandidate {
  readonly endpoint: string
  readonly provider: string
  readonly contextWindow?: number
  /** It holds the prompt's prefix in its cache. */
  readonly warm?: true
  /** Fit, but not to be asked before this time. */
  readonly notBeforeMs?: number
  /** Why not, e.g. `acme is cooling down after a 429`. */
  readonly waitsFor?: string
  /** What everybody hears who asks it before that time. */
  readonly closedBy?: Fault
}

/** What happened so far at one endpoint. */
export interface EndpointTries {
  readonly rateLimited: number
  readonly retried: number
  /** Attempts lost with our own worker. */
  readonly abandoned: number
  /** `spare`: only when no other candidate is ready. `out`: not again in this call. */
  readonly standing: 'in' | 'spare' | 'out'
  readonly notBeforeMs?: number
  /** The time is this call's own: nobody else is told to come then. */
  readonly exact?: true
  readonly waitsFor?: string
  readonly closedBy?: Fault
}

/** What can be done about a whole answer of the wrong shape, besides asking the next candidate. */
export interface Mend {
  /** Asking the same endpoint again, and telling it what was wrong, is cheaper than asking another one. */
  readonly repair: boolean
  /** The class names one to go on in. */
  readonly escalate: boolean
}

/** How an attempt ended without an answer. `abandoned`: our worker was lost, which is not the endpoint's fault. */
export type AttemptLoss =
  | {
      readonly kind: 'fault'
      readonly endpoint: string
      readonly fault: Fault
      readonly canGrow?: boolean
      readonly mend?: Mend
    }
  | { readonly kind: 'abandoned'; readonly endpoint: string }

export interface CallState {
  readonly candidates: readonly CallCandidate[]
  readonly patienceMs: number
  readonly onRefusal: TaskClass['onRefusal']
  readonly attempts: number
  readonly tries: Readonly<Record<string, EndpointTries>>
  /** Spent waiting on the spot so far. */
  readonly waitedMs: number
  /** Only windows above this fit; `'unknown'` when the window that was too small is not known: any known one may. */
  readonly windowAbove?: number | 'unknown'
  /** The provider that called the request invalid; one other may judge it. */
  readonly disputedBy?: string
  /** More output was asked for once. */
  readonly grown?: boolean
  /** A truncated answer is at hand, should nothing better come. */
  readonly held?: boolean
  /** An answer of the wrong shape was given back once to be repaired. */
  readonly repaired?: boolean
  /** The next attempt is the first one of a class that the call was escalated to. */
  readonly escalated?: boolean
  /** To be asked next, before the order of the candidates counts. */
  readonly again?: 'retry' | 'resume' | 'more-output' | 'other-way' | 'repair' | 'escalate'
  readonly lost?: AttemptLoss
  /** How the call ends, once it does. */
  readonly over?: 'accept' | 'abandon'
}

export interface NewCallState {
  readonly candidates: readonly CallCandidate[]
  readonly patienceMs: number
  readonly onRefusal: TaskClass['onRefusal']
}

/** The state of a call that nobody was asked about yet. */
export function startCall(call: NewCallState): CallState {
  return { ...call, attempts: 0, tries: {}, waitedMs: 0 }
}

/** The call goes on in another class: with that one's candidates, and with all that it has learned and holds. */
export function moveCall(state: CallState, into: NewCallState): CallState {
  const { again: _again, over: _over, ...known } = state
  return { ...known, ...into }
}

/** The same for an answer of the wrong shape. */
export function escalateCall(state: CallState, into: NewCallState): CallState {
  return { ...moveCall(state, into), escalated: true }
}

/** A route's candidates in order, then the endpoints that are fit but closed for now. */
export function callCandidates(route: Route): readonly CallCandidate[] {
  const open = route.candidates.map(({ id, provider, contextWindow }) => ({
    endpoint: id,
    provider,
    contextWindow,
    ...(id === route.warm && { warm: true as const }),
  }))
  const closed = route.rejections.flatMap(({ endpoint, rejection }) => {
    if (!isPassing(rejection)) return []
    const { id, provider, contextWindow } = endpoint
    const why = rejection.rule === 'cooling' ? 'is cooling down after a 429' : 'is out of service'
    const closedBy = rejection.rule === 'breaker-open' && rejection.fault
    return [
      {
        endpoint: id,
        provider,
        contextWindow,
        notBeforeMs: rejection.untilMs,
        waitsFor: `${provider} ${why}`,
        ...(closedBy && { closedBy }),
      },
    ]
  })
  return [...open, ...closed]
}

/** The part of a ledger row from which a call goes on. */
export type PastAttempt = Pick<AttemptRecord, 'endpoint' | 'outcome' | 'fault' | 'startedAtMs' | 'endedAtMs'> &
  Partial<Pick<AttemptRecord, 'reason'>> & {
    /** What can be done about it now, where it ended with the wrong shape. */
    readonly mend?: Mend
  }

/** What the reasons of such attempts say, for the ledger and for a call that is resumed from it. */
export const REASONS = { repair: 'repair: ', escalated: 'escalated: ', hedge: 'hedge: ' } as const

/**
 * The state of a call that was begun before, perhaps by a worker that is gone: what its attempts left behind is held
 * against the new plan's candidates. An attempt that was abandoned leaves its endpoint one more try.
 */
export function resumeState(call: NewCallState, attempts: readonly PastAttempt[]): CallState {
  const state = attempts.reduce((before, attempt) => {
    if (attempt.outcome === 'outrun') return outrun(before, attempt.endpoint)
    const loss = lossOf(attempt)
    return loss ? recordLoss(before, loss, attempt.endedAtMs ?? attempt.startedAtMs) : before
  }, startCall(call))
  const repaired = attempts.some(({ reason }) => reason?.includes(REASONS.repair))
  return withoutHeld(repaired ? { ...state, repaired } : state)
}

/** A truncated answer that was not committed is gone with its worker. */
function withoutHeld({ held: _, over, ...state }: CallState): CallState {
  return over === 'abandon' ? { ...state, over } : state
}

function lossOf({ outcome, endpoint, fault, mend }: PastAttempt): AttemptLoss | undefined {
  if (outcome === 'abandoned' || outcome === 'open') return { kind: 'abandoned', endpoint }
  return fault && { kind: 'fault', endpoint, fault, canGrow: true, ...(mend && { mend }) }
}

const UNTRIED: EndpointTries = { rateLimited: 0, retried: 0, abandoned: 0, standing: 'in' }

export function triesOf(state: CallState, endpoint: string): EndpointTries {
  return state.tries[endpoint] ?? UNTRIED
}

/** The state after an attempt that gave no answer. */
export function recordLoss(state: CallState, loss: AttemptLoss, nowMs: number): CallState {
  const { again: _, ...rest } = state
  const next = { ...rest, attempts: state.attempts + 1, lost: loss }
  if (loss.kind === 'fault') return recordFault(next, loss.endpoint, loss, nowMs)
  const tries = triesOf(state, loss.endpoint)
  const abandoned = tries.abandoned + 1
  if (abandoned < LOST_WORKERS.spare)
    return { ...withTries(next, loss.endpoint, { ...tries, abandoned }), again: 'resume' }
  const standing = abandoned < LOST_WORKERS.out && tries.standing !== 'out' ? 'spare' : 'out'
  return withTries(next, loss.endpoint, { ...tries, abandoned, standing })
}

/** The state after an endpoint was slower to begin than another one that was asked beside it: others are asked before it now. */
export function outrun(state: CallState, endpoint: string): CallState {
  const tries = triesOf(state, endpoint)
  return tries.standing === 'in' ? withTries(state, endpoint, { ...tries, standing: 'spare' }) : state
}

/** The state after an endpoint turned out to be closed for now: not asked, not before then. */
export function closeUntil(
  state: CallState,
  endpoint: string,
  notBeforeMs: number,
  {
    waitsFor = `${providerIn(endpoint)} is closed for now`,
    exact,
    closedBy,
  }: Pick<EndpointTries, 'waitsFor' | 'exact' | 'closedBy'> = {},
): CallState {
  const { exact: _, closedBy: _before, ...tries } = triesOf(state, endpoint)
  const how = { ...(exact && { exact }), ...(closedBy && { closedBy }) }
  return withTries(state, endpoint, { ...tries, notBeforeMs, waitsFor, ...how })
}

type FaultLoss = Extract<AttemptLoss, { kind: 'fault' }>

function recordFault(state: CallState, endpoint: string, loss: FaultLoss, nowMs: number): CallState {
  const { fault, canGrow, mend } = loss
  // What was rejected is the way in which it was asked: nothing is held against the endpoint.
  if (fault.evidence.schemaWay) return { ...state, again: 'other-way' }
  const rule = remedyFor(fault.kind)
  const failed = withTries(
    state,
    endpoint,
    triesAfter(triesOf(state, endpoint), rule, fault, nowMs, retriesAt(state, endpoint, rule), endpoint),
  )
  switch (rule.next) {
    case 'reroute':
      if (mend?.repair && !state.repaired) return { ...failed, repaired: true, again: 'repair' }
      if (mend?.escalate) return { ...failed, again: 'escalate' }
      return triesOf(failed, endpoint).retried > triesOf(state, endpoint).retried
        ? { ...failed, again: 'retry' }
        : failed
    case 'reroute-larger':
      return { ...failed, windowAbove: largerOf(state.windowAbove, windowOf(state, endpoint)) }
    case 'other-provider':
      return state.disputedBy === undefined
        ? { ...failed, disputedBy: providerIn(endpoint) }
        : { ...failed, over: 'abandon' }
    case 'by-class':
      return state.onRefusal === 'reroute' ? failed : { ...failed, over: 'abandon' }
    case 'more-output':
      return canGrow && !state.grown && state.attempts < MAX_ATTEMPTS
        ? { ...state, grown: true, held: true, again: 'more-output' }
        : { ...state, over: 'accept' }
    case 'abandon':
      return { ...failed, over: 'abandon' }
  }
}

function retriesAt(state: CallState, endpoint: string, { retries, retriesWarm }: RemedyRule): number {
  const warm = state.candidates.some(candidate => candidate.endpoint === endpoint && candidate.warm)
  return retriesWarm && warm ? Math.max(1, retries) : retries
}

function triesAfter(
  before: EndpointTries,
  rule: RemedyRule,
  fault: Fault,
  nowMs: number,
  retries: number,
  endpoint: string,
): EndpointTries {
  const { retryAfterMs, status } = fault.evidence
  const waitsFor = `${providerIn(endpoint)} answered ${status ?? fault.kind}`
  const { exact: _, ...tries } = before
  if (rule.waits) {
    const rateLimited = tries.rateLimited + 1
    if (rateLimited >= MAX_RATE_LIMITED) return { ...tries, rateLimited, standing: 'out' }
    const notBeforeMs = nowMs + rateLimitPause(rateLimited, retryAfterMs)
    return { ...tries, rateLimited, notBeforeMs, waitsFor }
  }
  if (tries.retried < retries) {
    const notBeforeMs = nowMs + Math.max(RETRY_DELAY_MS, retryAfterMs ?? 0)
    return { ...tries, retried: tries.retried + 1, notBeforeMs, waitsFor }
  }
  const spare = rule.lastResort && tries.standing === 'in'
  return { ...tries, standing: spare ? 'spare' : 'out' }
}

/** At least what the server demanded; our own growing pause where it named none, or names one that does not help. */
function rateLimitPause(rateLimited: number, retryAfterMs: number | undefined): number {
  const own = RATE_LIMIT_PAUSE_MS * 2 ** (rateLimited - 1)
  if (retryAfterMs === undefined) return own
  return rateLimited === 1 ? retryAfterMs : Math.max(retryAfterMs, own)
}

function withTries(state: CallState, endpoint: string, tries: EndpointTries): CallState {
  return { ...state, tries: { ...state.tries, [endpoint]: tries } }
}

function windowOf(state: CallState, endpoint: string): number | undefined {
  return state.candidates.find(candidate => candidate.endpoint === endpoint)?.contextWindow
}

function largerOf(above: CallState['windowAbove'], window: number | undefined): number | 'unknown' {
  if (window === undefined) return above ?? 'unknown'
  return typeof above === 'number' ? Math.max(above, window) : window
}
