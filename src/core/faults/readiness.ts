/**
 * Which endpoints a call may ask now, and how long it waits for one that it may ask later. Pure, like `decide-remedy.ts`.
 *
 * @module
 */
import { HOUR_MS } from '../durations.ts'
import { type CallCandidate, type CallState, triesOf } from './call-state.ts'
import type { Fault } from './fault.ts'

/** Whether the candidate may still be asked in this call, now or later. */
export function isLeft(state: CallState, { endpoint, provider, contextWindow }: CallCandidate): boolean {
  const { windowAbove, disputedBy, minOutputTokens = 1 } = state
  const { standing, mostOutputTokens = minOutputTokens } = triesOf(state, endpoint)
  if (standing === 'out' || provider === disputedBy || mostOutputTokens < minOutputTokens) return false
  if (windowAbove === undefined) return true
  return contextWindow !== undefined && (windowAbove === 'unknown' || contextWindow > windowAbove)
}

/** Whether the candidate may be asked now. */
export function isReady(state: CallState, candidate: CallCandidate, nowMs: number): boolean {
  return isLeft(state, candidate) && remainingMs(state, candidate, nowMs) === 0
}

/** Whether no other candidate can be asked now, and none has told the call when it may start there. */
export function isOnlyReady(state: CallState, endpoint: string, nowMs: number): boolean {
  const others = state.candidates.filter(candidate => candidate.endpoint !== endpoint && isLeft(state, candidate))
  return !others.some(other => isReady(state, other, nowMs) || triesOf(state, other.endpoint).exact)
}

/** The endpoints that a hedge may ask now beside `asked`, best first. */
export function readyBeside(state: CallState, asked: string, nowMs: number): readonly string[] {
  const ready = state.candidates.filter(candidate => isReady(state, candidate, nowMs))
  const others = ready.map(({ endpoint }) => endpoint).filter(endpoint => endpoint !== asked)
  return others.filter(endpoint => triesOf(state, endpoint).standing === 'in')
}

/** How long until the endpoint may be asked; 0 if it may be now. */
export function remainingMs(state: CallState, candidate: CallCandidate, nowMs: number): number {
  const own = triesOf(state, candidate.endpoint).notBeforeMs ?? 0
  return Math.max(0, own - nowMs, (candidate.notBeforeMs ?? 0) - nowMs)
}

/**
 * The longest sleep of a call whose class does not outlast more. A limit that lasts longer is a quota, which somebody should know
 * about.
 */
const LONGEST_SLEEP_MS = HOUR_MS

/** The longest time that the call sleeps for an endpoint. If it would have to wait longer, it ends instead. */
export function longestSleepMs(state: CallState, nowMs: number): number {
  const { outSinceMs, beganAtMs, outlastMs = 0, outlastKeysMs = 0 } = state
  const sinceMs = outSinceMs ?? beganAtMs ?? nowMs
  return Math.max(LONGEST_SLEEP_MS, sinceMs + Math.max(outlastMs, outlastKeysMs) - nowMs)
}

/** A reset that the vendor names is waited for if it is at most 5 min away. Whoever waits longer wants to know why. */
export const NEAR_RESET_MS = 300_000

/**
 * How often a call checks whether a key or an account was repaired. As long as the last pause of an outage. Such a check costs an activity,
 * but no request while nobody has repaired it.
 */
const LOOK_MS = 160_000

/**
 * The longest time that a call sleeps before it looks again. Meanwhile its class may have got another endpoint; or the limit in whose line
 * it has a place, which it keeps, was raised or learned anew. Ten minutes, so that a call which waits for hours costs few activities.
 */
export const LONGEST_ASLEEP_MS = 600_000

/**
 * A longer wait than this is halved, but not to less: a learned limit grows, and those who come only when they were told at first would leave
 * most of it unused. Shorter waits are kept to. Who comes before the end of those tests the limit with each growth, and a vendor that counts
 * what it refuses lets fewer through then.
 */
const SURE_IN_LINE_MS = 240_000

/**
 * How long the call waits for an endpoint: until it is ready, until the next look whether its key was repaired, or until it asks again for
 * its place in line. No line is too long to wait in: the limit is ours, and the call's turn comes.
 */
export function waitMs(state: CallState, candidate: CallCandidate, nowMs: number): number {
  const remaining = remainingMs(state, candidate, nowMs)
  if (triesOf(state, candidate.endpoint).exact)
    return Math.min(remaining, LONGEST_ASLEEP_MS, Math.max(SURE_IN_LINE_MS, remaining / 2))
  const lookMs = closedByOf(state, candidate) ? Math.min(LOOK_MS, outlastsKeysForMs(state, nowMs)) : 0
  return lookMs > 0 ? Math.min(remaining, lookMs) : remaining
}

/**
 * The fault of a closed endpoint if waiting does not help, because of a bad key or an empty account, or because it has refused everybody for
 * as long as the class outlasts that. `undefined` if the vendor named a reset that is near, or if the class outlasts it.
 */
export function faultThatStays(state: CallState, candidate: CallCandidate, nowMs: number): Fault | undefined {
  if (isOutlasted(state, candidate, nowMs)) return outlastedFault(candidate)
  const closedBy = closedByOf(state, candidate)
  if (outlastsKeysForMs(state, nowMs) > 0) return undefined
  const nearMs = closedBy?.evidence.retryAfterMs === undefined ? 0 : NEAR_RESET_MS
  return remainingMs(state, candidate, nowMs) > Math.max(state.patienceMs, nearMs) ? closedBy : undefined
}

/** For so long nobody may get through at a limit that is used up: the period of most limits. */
const LIMIT_PERIOD_MS = 60_000

/**
 * Whether the endpoint has answered 429 to everybody for as long as the class outlasts that, and a minute more, since the call began. Few of
 * the calls that wait hear a 429 of their own then, so that their tries alone would not end them for hours.
 */
function isOutlasted({ tries, beganAtMs, outlastMs = 0 }: CallState, candidate: CallCandidate, nowMs: number): boolean {
  const its = tries[candidate.endpoint]
  const sinceMs = its?.refusesSinceMs ?? candidate.refusesSinceMs
  if (its?.exact || sinceMs === undefined || beganAtMs === undefined) return false
  return nowMs >= Math.max(sinceMs, beganAtMs) + outlastMs + LIMIT_PERIOD_MS
}

function outlastedFault({ provider }: CallCandidate): Fault {
  const message = `${provider} has answered 429 to everybody for longer than the class outlasts that. Add another model to the class, or name a longer \`outlast\` in it.`
  return { kind: 'rate-limited', message, evidence: { status: 429 } }
}

/** How much longer the call waits for a key or an account to be repaired. Counts from its own rejection, else from its beginning. */
function outlastsKeysForMs({ outSinceMs, beganAtMs, outlastKeysMs = 0 }: CallState, nowMs: number): number {
  const sinceMs = outSinceMs ?? beganAtMs
  return sinceMs === undefined ? 0 : Math.max(0, sinceMs + outlastKeysMs - nowMs)
}

/** The fault that every call would get there now. */
export function closedByOf({ tries }: CallState, candidate: CallCandidate): Fault | undefined {
  return tries[candidate.endpoint]?.closedBy ?? candidate.closedBy
}
