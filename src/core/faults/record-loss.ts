/**
 * Records in a call's state that an attempt ended without an answer.
 *
 * @module
 */
import { providerIn } from '../endpoint-id.ts'
import { type AttemptLoss, type CallState, type EndpointTries, MAX_ATTEMPTS, triesOf, withTries } from './call-state.ts'
import type { Fault } from './fault.ts'
import { RETRY_DELAY_MS, type RemedyRule, remedyFor } from './remedies.ts'
import { waitWords } from './wait-words.ts'

/**
 * How many 429s one endpoint may answer within one call, the first and after five waits. Then it is out, or it is asked again for as long as
 * the class outlasts an outage: nobody else may have come through either. That begins earlier where several endpoints together have used up
 * the call's attempts.
 */
const MAX_RATE_LIMITED = 6

/** After how many lost workers other candidates go first, and the endpoint is out. The call itself may be what kills workers. */
const LOST_WORKERS = { spare: 2, out: 4 }

/**
 * The first pause after a 429 that named none; it doubles with each further one: 1, 2, 4, 8, 16, 30 s. No longer, because other calls may
 * get through meanwhile: at a full limit a call is refused six times by bad luck, and would be asked only three times more in five minutes.
 */
const RATE_LIMIT_PAUSE_MS = 1_000
const LONGEST_RATE_LIMIT_PAUSE_MS = 30_000

/**
 * The pauses before an endpoint that was unreachable or overloaded is asked again when no other is left. The last one repeats. Each is four
 * times as long as the one before at first, so that an outage of seconds costs seconds, and one of an hour about twenty-five attempts per
 * endpoint.
 */
const OUTAGE_PAUSES_MS = [5_000, 20_000, 80_000, 160_000]

/** The state of a call after an attempt without an answer. */
export function recordLoss(state: CallState, loss: AttemptLoss, nowMs: number): CallState {
  const { again: _, escalated: _asked, ...rest } = state
  const next = { ...rest, ...counted(state, loss, nowMs), lastLoss: loss }
  if (loss.kind === 'fault') return recordFault(next, loss, nowMs)
  if (loss.kind === 'handed-over') return { ...next, again: 'resume' }
  const tries = triesOf(state, loss.endpoint)
  const abandoned = tries.abandoned + 1
  if (abandoned < LOST_WORKERS.spare)
    return { ...withTries(next, loss.endpoint, { ...tries, abandoned }), again: 'resume' }
  const standing = abandoned < LOST_WORKERS.out && tries.standing !== 'out' ? 'spare' : 'out'
  return withTries(next, loss.endpoint, { ...tries, abandoned, standing })
}

/**
 * The attempts that count, including this one. Those that are made while an outage is outlasted do not count, because its time is limited
 * anyway.
 */
function counted(state: CallState, loss: AttemptLoss, nowMs: number): Pick<CallState, 'attempts' | 'outSinceMs'> {
  const { attempts } = state
  const outlastMs = loss.kind === 'fault' && outlastMsOf(state, loss)
  if (!outlastMs) return { attempts: attempts + 1 }
  const outSinceMs = state.outSinceMs ?? outSince(state, loss.fault, nowMs)
  return { outSinceMs, attempts: nowMs < outSinceMs + outlastMs ? attempts : attempts + 1 }
}

/**
 * Since when the outage counts. If the call has asked nobody yet, it has waited for a key that other calls found rejected, and its time
 * counts from its beginning.
 */
function outSince({ lastLoss, beganAtMs = Infinity }: CallState, { kind }: Fault, nowMs: number): number {
  return !lastLoss && remedyFor(kind).outlasts === 'where-named' ? Math.min(beganAtMs, nowMs) : nowMs
}

type FaultLoss = Extract<AttemptLoss, { kind: 'fault' }>

function recordFault(state: CallState, loss: FaultLoss, nowMs: number): CallState {
  const { endpoint, fault, canGrow } = loss
  // Only the form of the request was rejected, which is not held against the endpoint.
  const { schemaWay, choiceWay, without } = fault.evidence
  if (schemaWay || choiceWay || without) return { ...state, again: 'other-way' }
  const rule = remedyFor(fault.kind)
  const failed = withTries(state, endpoint, triesAfter(state, rule, loss, nowMs))
  switch (rule.next) {
    case 'reroute':
      return rerouted(state, failed, loss)
    case 'reroute-larger':
      return { ...failed, windowAbove: largerOf(state.windowAbove, windowOf(state, endpoint)) }
    case 'other-provider':
      return state.disputedBy === undefined
        ? { ...failed, disputedBy: providerIn(endpoint) }
        : { ...failed, over: 'abandon' }
    case 'by-class':
      return state.onRefusal === 'reroute' ? failed : { ...failed, over: 'abandon' }
    case 'more-output':
      return canGrow && !state.grown && triesOf(state, endpoint).mostOutputTokens === undefined
        ? { ...state, grown: true, held: true, again: 'more-output' }
        : { ...state, over: 'accept' }
    case 'abandon':
      return { ...failed, over: 'abandon' }
  }
}

/** The next candidate's turn, unless the same endpoint or a better class is to be asked before. */
function rerouted(before: CallState, failed: CallState, { endpoint, mend }: FaultLoss): CallState {
  if (mend?.repair && !before.repaired) return { ...failed, repaired: true, again: 'repair' }
  if (mend?.escalate) return { ...failed, again: 'escalate' }
  const isRetried = triesOf(failed, endpoint).retried > triesOf(before, endpoint).retried
  return isRetried ? { ...failed, again: 'retry' } : failed
}

function retriesAt(state: CallState, endpoint: string, { retries, retriesWarm }: RemedyRule): number {
  const warm = state.candidates.some(candidate => candidate.endpoint === endpoint && candidate.warm)
  return retriesWarm && warm ? Math.max(1, retries) : retries
}

/** How long the call goes on if all its endpoints have such a fault, in milliseconds; 0 if it does not. */
function outlastMsOf(state: CallState, { endpoint, fault: { kind, evidence } }: FaultLoss): number {
  const { outlastMs = 0, outlastKeysMs = 0 } = state
  const { outlasts, waits } = remedyFor(kind)
  const isEarly = triesOf(state, endpoint).rateLimited + 1 < MAX_RATE_LIMITED && state.attempts + 1 < MAX_ATTEMPTS
  if (waits && isEarly) return 0
  if (outlasts === 'where-named') return outlastKeysMs
  return outlasts === 'always' || (outlasts !== undefined && outlasts === evidence.deadline) ? outlastMs : 0
}

function triesAfter(state: CallState, rule: RemedyRule, loss: FaultLoss, nowMs: number): EndpointTries {
  const { endpoint, fault } = loss
  const before = triesOf(state, endpoint)
  const { retryAfterMs, mostOutputTokens } = fault.evidence
  const waitsFor = waitWords(endpoint, fault)
  const { exact: _, placed: _place, refusesSinceMs: _since, ...tries } = before
  const outlastMs = outlastMsOf(state, loss)
  const outlastUntilMs = outlastMs > 0 ? (state.outSinceMs ?? nowMs) + outlastMs : nowMs
  if (rule.waits) return triesAfter429({ ...tries, waitsFor }, outlastUntilMs, nowMs, retryAfterMs)
  if (tries.retried < retriesAt(state, endpoint, rule)) {
    const notBeforeMs = nowMs + Math.max(RETRY_DELAY_MS, retryAfterMs ?? 0)
    return { ...tries, retried: tries.retried + 1, notBeforeMs, waitsFor }
  }
  if (outlastMs > 0) {
    const pauseMs = OUTAGE_PAUSES_MS[Math.min(tries.returns ?? 0, OUTAGE_PAUSES_MS.length - 1)]!
    return outlasting({ ...tries, waitsFor }, outlastUntilMs, nowMs, Math.max(retryAfterMs ?? 0, pauseMs))
  }
  // Only if it names less than the last time: an endpoint that names the same again would go on doing so.
  const givesLess = mostOutputTokens !== undefined && mostOutputTokens < (tries.mostOutputTokens ?? Infinity)
  const isLast = rule.lastResort === true && !tries.triedLast
  const standing = tries.standing !== 'out' && (givesLess || isLast) ? 'spare' : 'out'
  return {
    ...tries,
    standing,
    ...(mostOutputTokens !== undefined && { mostOutputTokens }),
    ...(isLast && { triedLast: true as const }),
  }
}

function triesAfter429(
  before: EndpointTries,
  outlastUntilMs: number,
  nowMs: number,
  retryAfterMs: number | undefined,
): EndpointTries {
  const tries = { ...before, rateLimited: before.rateLimited + 1 }
  const pauseMs = rateLimitPause(tries.rateLimited, retryAfterMs)
  return tries.rateLimited < MAX_RATE_LIMITED
    ? { ...tries, notBeforeMs: nowMs + pauseMs }
    : outlasting(tries, outlastUntilMs, nowMs, pauseMs)
}

/** The endpoint is asked again after a pause, unless the pause ends after `untilMs`: then it is out. */
function outlasting(
  { returns = 0, ...tries }: EndpointTries,
  untilMs: number,
  nowMs: number,
  pauseMs: number,
): EndpointTries {
  const notBeforeMs = nowMs + pauseMs
  if (notBeforeMs > untilMs) return { ...tries, standing: 'out' }
  return { ...tries, returns: returns + 1, standing: 'spare', notBeforeMs }
}

/** At least what the server demanded; our own growing pause where it named none, or names one that does not help. */
function rateLimitPause(rateLimited: number, retryAfterMs: number | undefined): number {
  const own = Math.min(LONGEST_RATE_LIMIT_PAUSE_MS, RATE_LIMIT_PAUSE_MS * 2 ** (rateLimited - 1))
  if (retryAfterMs === undefined) return own
  return rateLimited === 1 ? retryAfterMs : Math.max(retryAfterMs, own)
}

function windowOf(state: CallState, endpoint: string): number | undefined {
  return state.candidates.find(candidate => candidate.endpoint === endpoint)?.contextWindow
}

function largerOf(above: CallState['windowAbove'], window: number | undefined): number | 'unknown' {
  if (window === undefined) return above ?? 'unknown'
  return typeof above === 'number' ? Math.max(above, window) : window
}
