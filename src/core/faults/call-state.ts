/**
 * What one call remembers of its candidates and attempts. Plain JSON.
 *
 * @module
 */
import { definedOnly } from '../defined-only.ts'
import { providerIn } from '../endpoint-id.ts'
import type { Endpoint } from '../endpoints.ts'
import { isPassing } from '../routing/filter/rejection.ts'
import type { Route } from '../routing/route/route.ts'
import type { TaskClass } from '../task-class.ts'
import type { Fault } from './fault.ts'
import { closedWords, waitWords } from './wait-words.ts'

/**
 * The most attempts of one call at all endpoints together, without those that are made while an outage is outlasted. Sixteen are enough to
 * get past several vendors' bad hour, and few enough that a call which nobody can serve ends.
 */
export const MAX_ATTEMPTS = 16

/** What the remedy machine needs to know of an endpoint. */
export interface CallCandidate {
  readonly endpoint: string
  readonly provider: string
  readonly contextWindow?: number
  /** Set if it has the prompt's prefix in its cache. */
  readonly warm?: true
  /** The most output that it gives, if that is known from other calls and is less than this call asks for. */
  readonly mostOutputTokens?: number
  /** Not to be asked before this time. */
  readonly notBeforeMs?: number
  /** Why not before then, e.g. `acme is cooling down after a 429`. */
  readonly waitsFor?: string
  /** The fault that every call would get there before that time. */
  readonly closedBy?: Fault
  /** Since when it has answered 429 to everybody and named no end. */
  readonly refusesSinceMs?: number
}

/** What happened so far at one endpoint. */
export interface EndpointTries {
  readonly rateLimited: number
  readonly retried: number
  /** The most output that it may be asked for, as it has told this call. */
  readonly mostOutputTokens?: number
  /** How often it was asked again in an outage of all endpoints. */
  readonly returns?: number
  /** How many attempts were lost with a worker of ours. */
  readonly abandoned: number
  /** Set if it has had its last attempt, or is kept for that until no other candidate is ready. */
  readonly triedLast?: true
  /** `spare`: asked only when no other candidate is ready. `out`: not asked again in this call. */
  readonly standing: 'in' | 'spare' | 'out'
  readonly notBeforeMs?: number
  /** Set if the time is meant for this call alone, so that no jitter is needed. */
  readonly exact?: true
  /** Set if the call has a place in line there. */
  readonly placed?: true
  readonly waitsFor?: string
  readonly closedBy?: Fault
  readonly refusesSinceMs?: number
}

/** What can be done about a complete answer of the wrong shape, besides asking the next candidate. */
export interface Mend {
  /** Whether telling the same endpoint what was wrong is cheaper than asking another one. */
  readonly repair: boolean
  /** Whether the class names another one for this case. */
  readonly escalate: boolean
}

/**
 * How an attempt ended without an answer. `abandoned`: its worker was lost, which is not the endpoint's fault. `handed-over`: its worker was
 * shut down, which is not the call's fault either.
 */
export type AttemptLoss =
  | {
      readonly kind: 'fault'
      readonly endpoint: string
      readonly fault: Fault
      readonly canGrow?: boolean
      readonly mend?: Mend
    }
  | { readonly kind: 'abandoned' | 'handed-over'; readonly endpoint: string }

/** What a call begins with, in the class that serves it. */
export interface NewCallState {
  readonly candidates: readonly CallCandidate[]
  readonly patienceMs: number
  /** For how long it is retried while all endpoints are unreachable or overloaded. @defaultValue 0 */
  readonly outlastMs?: number
  /** For how long it is retried while keys are rejected or accounts are empty, until somebody repairs that. @defaultValue 0 */
  readonly outlastKeysMs?: number
  /**
   * When the call began. Its wait for a key that was rejected in other calls counts from then.
   *
   * @defaultValue it does not wait for such keys
   */
  readonly beganAtMs?: number
  readonly onRefusal: TaskClass['onRefusal']
  /** The least output that endpoints are asked for. @defaultValue 1 */
  readonly minOutputTokens?: number
}

/** The state of a call, from its first decision to its last. */
export interface CallState extends NewCallState {
  /** The attempts that count towards {@link MAX_ATTEMPTS}. */
  readonly attempts: number
  /** What has happened at each endpoint, by its id. */
  readonly tries: Readonly<Record<string, EndpointTries>>
  /** Since when it has been outlasting an outage, or waiting for a key or an account. */
  readonly outSinceMs?: number
  /** How long it has waited within activities so far. */
  readonly waitedMs: number
  /** Only larger windows than this will do. `unknown`: the window that was too small is not known, so any known one may do. */
  readonly windowAbove?: number | 'unknown'
  /** The provider that called the request invalid; one other may judge it. */
  readonly disputedBy?: string
  /** More output was asked for once. */
  readonly grown?: boolean
  /** A truncated answer is kept, in case nothing better comes. */
  readonly held?: boolean
  /** An answer of the wrong shape was given back once to be repaired. */
  readonly repaired?: boolean
  /** Set until an attempt has ended after the call was escalated: the reason of the next attempt says so. */
  readonly escalated?: boolean
  /** Set if the next step is not the next candidate: the last endpoint is asked again, or the call escalates. */
  readonly again?: 'retry' | 'resume' | 'more-output' | 'other-way' | 'repair' | 'escalate'
  /** The last attempt that gave no answer. */
  readonly lastLoss?: AttemptLoss
  /** How the call ends, once it does. */
  readonly over?: 'accept' | 'abandon'
}

/** The state of a call before its first attempt. */
export function startCall(call: NewCallState): CallState {
  return { ...call, attempts: 0, tries: {}, waitedMs: 0 }
}

/** The state in another class, with that class's candidates and with everything that the call has learned so far. */
export function moveCall(state: CallState, into: NewCallState): CallState {
  const { again: _again, over: _over, ...known } = state
  return { ...known, ...into }
}

/** {@link moveCall} after an answer of the wrong shape. */
export function escalateCall(state: CallState, into: NewCallState): CallState {
  return { ...moveCall(state, into), escalated: true }
}

/**
 * The candidates of a call: those of its route, in order, then the endpoints that are fit but closed for now.
 *
 * @param lessOutputAt - The most output that an endpoint gives, if that is known and less than the call asks for.
 */
export function callCandidates(
  route: Route,
  lessOutputAt: (endpoint: Endpoint) => number | undefined = () => undefined,
): readonly CallCandidate[] {
  const its = (endpoint: Endpoint) => {
    const { id, provider, contextWindow } = endpoint
    const mostOutputTokens = lessOutputAt(endpoint)
    return { endpoint: id, provider, contextWindow, ...(mostOutputTokens !== undefined && { mostOutputTokens }) }
  }
  const open = route.candidates.map(endpoint => ({
    ...its(endpoint),
    ...(endpoint.id === route.warm && { warm: true as const }),
  }))
  const closed = route.rejections.flatMap(({ endpoint, rejection }) => {
    if (!isPassing(rejection)) return []
    const closedBy = rejection.rule === 'breaker-open' && rejection.fault
    const refusesSinceMs = rejection.rule === 'cooling' ? rejection.sinceMs : undefined
    return [
      {
        ...its(endpoint),
        notBeforeMs: rejection.untilMs,
        waitsFor: closedWords(endpoint.id, rejection),
        ...(closedBy && { closedBy }),
        ...(refusesSinceMs !== undefined && { refusesSinceMs }),
      },
    ]
  })
  return [...open, ...closed]
}

const UNTRIED: EndpointTries = { rateLimited: 0, retried: 0, abandoned: 0, standing: 'in' }

/** What has happened at an endpoint so far. If this call has not asked it, only what is known from other calls. */
export function triesOf({ tries, candidates }: CallState, endpoint: string): EndpointTries {
  const its = tries[endpoint]
  if (its) return its
  const mostOutputTokens = candidates.find(candidate => candidate.endpoint === endpoint)?.mostOutputTokens
  return mostOutputTokens === undefined ? UNTRIED : { ...UNTRIED, standing: 'spare', mostOutputTokens }
}

/** The state after an endpoint lost a hedge: others are asked before it now. */
export function outrun(state: CallState, endpoint: string): CallState {
  const tries = triesOf(state, endpoint)
  return tries.standing === 'in' ? withTries(state, endpoint, { ...tries, standing: 'spare' }) : state
}

/** The state after an endpoint turned out to be closed for now. It is not asked before `notBeforeMs`. */
export function closeUntil(
  state: CallState,
  endpoint: string,
  notBeforeMs: number,
  {
    exact,
    placed,
    closedBy,
    refusesSinceMs,
    waitsFor = closedBy ? waitWords(endpoint, closedBy) : `${providerIn(endpoint)} is closed for now`,
  }: Pick<EndpointTries, 'waitsFor' | 'exact' | 'placed' | 'closedBy' | 'refusesSinceMs'> = {},
): CallState {
  const { exact: _, placed: _place, closedBy: _before, refusesSinceMs: _since, ...tries } = triesOf(state, endpoint)
  const how = definedOnly({ exact, placed, closedBy, refusesSinceMs })
  return withTries(state, endpoint, { ...tries, notBeforeMs, waitsFor, ...how })
}

export function withTries(state: CallState, endpoint: string, tries: EndpointTries): CallState {
  return { ...state, tries: { ...state.tries, [endpoint]: tries } }
}
