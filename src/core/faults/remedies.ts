/**
 * What the router does about each kind of fault: the one table. The README prints it, and a test holds the two together.
 *
 * @module
 */
import { type DeadlineKind, FAULT_KINDS, type FaultKind } from './fault.ts'

/**
 * Where a call goes after a fault, once the tries on the same endpoint are used up.
 *
 * `reroute`: the next candidate · `reroute-larger`: the next with a larger context window · `other-provider`: once, to
 * one other provider · `by-class`: as the class says of refusals · `more-output`: once more with a higher
 * output limit, else what came is accepted · `abandon`: the call ends with the fault.
 */
export type NextStep = 'reroute' | 'reroute-larger' | 'other-provider' | 'by-class' | 'more-output' | 'abandon'

/**
 * What a fault does to the endpoint's health. `full` and `half` weigh towards opening its breaker, `opens` and
 * `opens-until-reset` open it at once, `cools` keeps callers away for a while; the others do nothing.
 */
export type HealthEffect =
  | 'none'
  | 'half'
  | 'full'
  | 'opens'
  | 'opens-until-reset'
  | 'cools'
  | 'not-an-attempt'
  | 'never'

/** What follows from a kind of fault, for the call and for the health of the endpoint. */
export interface RemedyRule {
  /** Typical evidence, in words for people. */
  readonly evidence: string
  /** The remedy, in words for people. */
  readonly remedy: string
  /** Tries more on the same endpoint before `next`, each after {@link RETRY_DELAY_MS} and jitter. */
  readonly retries: 0 | 1
  /**
   * One more where the endpoint holds the prompt's prefix in its cache: elsewhere the whole prompt is paid anew, ten times
   * the price as most lists have it.
   */
  readonly retriesWarm?: true
  readonly next: NextStep
  /** The endpoint stays a candidate of this call, not before its wait is over. */
  readonly waits?: true
  /** One try more on the same endpoint, but only when no other candidate is ready. */
  readonly lastResort?: true
  /**
   * The endpoint was not there, and may be soon: it is asked again after growing pauses, when no other candidate is ready, as long
   * as the class outlasts an outage. With a deadline only where that one has passed: a connection that nobody accepts is no answer
   * that was slow. `where-named`: only where the class itself names how long, for people have to mend it, and may never.
   */
  readonly outlasts?: 'always' | 'where-named' | DeadlineKind
  readonly health: HealthEffect
  /** Somebody has to act: a key, an account. */
  readonly alert?: true
}

/** The pause before the same endpoint is asked again after a fault that passes quickly. Jitter of up to as much is added. */
export const RETRY_DELAY_MS = 250

const REMEDIES = {
  'rate-limited': {
    evidence: '429; Retry-After, retry-after-ms, a `retryDelay` in the body, or the pause that its sentence asks for',
    remedy: 'reroute at once; wait when nothing else is left',
    retries: 0,
    next: 'reroute',
    waits: true,
    health: 'cools',
  },
  overloaded: {
    evidence: '503, 529, overloaded_error, also inside a 200 stream',
    remedy: 'wait once, then reroute; when nothing else is left, again after growing pauses (`outlast`)',
    retries: 1,
    next: 'reroute',
    outlasts: 'always',
    health: 'full',
  },
  unreachable: {
    evidence: 'DNS, TCP, TLS, reset before bytes',
    remedy: 'wait once, then reroute; when nothing else is left, again after growing pauses (`outlast`)',
    retries: 1,
    next: 'reroute',
    outlasts: 'always',
    health: 'full',
  },
  'timed-out': {
    evidence: 'any of the four deadlines; 408, 504',
    remedy:
      'reroute; a silent endpoint is not asked again in this call, one that accepts no connection again after growing pauses (`outlast`)',
    retries: 0,
    next: 'reroute',
    outlasts: 'connect',
    health: 'full',
  },
  'cut-off': {
    evidence: 'stream ends without its end, mid-answer or mid-tool-call; in-band error after tokens',
    remedy:
      'once more where the prompt is warm, then reroute, from the start of the call; the same endpoint once more when no other is ready',
    retries: 0,
    retriesWarm: true,
    next: 'reroute',
    lastResort: true,
    health: 'full',
  },
  truncated: {
    evidence: 'finished for length',
    remedy: 'tool calls never run; once more with more output where limits and budget allow, else accept and say so',
    retries: 0,
    next: 'more-output',
    health: 'none',
  },
  'malformed-reply': {
    evidence:
      'bad JSON or SSE, impossible tool call, empty answer, an answer that misses its schema or heeds no choice of tools',
    remedy:
      'a wrong shape is given back once where that is cheaper, else escalated; reroute; the same endpoint once more when no other is ready',
    retries: 0,
    next: 'reroute',
    lastResort: true,
    health: 'half',
  },
  unauthenticated: {
    evidence: '401, 403 that is about the key',
    remedy: 'reroute and alert; when nothing else is left, again later where the class names `outlast`',
    retries: 0,
    next: 'reroute',
    outlasts: 'where-named',
    health: 'opens',
    alert: true,
  },
  'quota-exhausted': {
    evidence: '402; 429 with a quota code',
    remedy: 'reroute and alert; when nothing else is left, again later where the class names `outlast`',
    retries: 0,
    next: 'reroute',
    outlasts: 'where-named',
    health: 'opens-until-reset',
    alert: true,
  },
  'context-too-long': {
    evidence: "the provider's code",
    remedy: 'reroute to larger windows only',
    retries: 0,
    next: 'reroute-larger',
    health: 'none',
  },
  unsupported: {
    evidence:
      "an ability is missing, or one call is above the endpoint's limit of tokens a minute, asks for more output than the model gives, or is dearer than the credit left there",
    remedy:
      'reroute; once more with less output where the reply says how much and no other is ready; it is a catalogue error, log it',
    retries: 0,
    next: 'reroute',
    health: 'none',
  },
  refused: {
    evidence: 'content policy',
    remedy: 'abandon, or reroute if the class says so',
    retries: 0,
    next: 'by-class',
    health: 'none',
  },
  'invalid-request': {
    evidence: '400, 422, 404',
    remedy:
      'a rejected schema, choice of tools or setting goes out in its next way; else one other provider, then abandon',
    retries: 0,
    next: 'other-provider',
    health: 'none',
  },
  'no-route': {
    evidence: 'every endpoint rejected',
    remedy: 'abandon; the message lists each rejection and what to change',
    retries: 0,
    next: 'abandon',
    health: 'not-an-attempt',
  },
  'over-budget': {
    evidence: 'nothing left fits what can be reserved',
    remedy: 'an outcome, not an error',
    retries: 0,
    next: 'abandon',
    health: 'not-an-attempt',
  },
  cancelled: {
    evidence: 'the run was cancelled or stopped',
    remedy: 'abandon, with the cost so far',
    retries: 0,
    next: 'abandon',
    health: 'never',
  },
} as const satisfies Record<FaultKind, RemedyRule>

/** The rule of a kind, under the rule's own type. */
export function remedyFor(kind: FaultKind): RemedyRule {
  return REMEDIES[kind]
}

const HEALTH_WORDS = {
  none: 'no',
  half: 'half',
  full: 'yes',
  opens: 'opens at once, to the worker with that key',
  'opens-until-reset': 'opens until reset',
  cools: 'no, but cools the endpoint',
  'not-an-attempt': '–',
  never: 'never',
} as const satisfies Record<HealthEffect, string>

/** A row of the table as people read it. */
export interface RemedyRow {
  readonly kind: FaultKind
  readonly evidence: string
  readonly remedy: string
  readonly health: string
}

/** The whole table in words, in the order of {@link FAULT_KINDS}. */
export function describeRemedies(): readonly RemedyRow[] {
  return FAULT_KINDS.map(kind => {
    const { evidence, remedy, health } = REMEDIES[kind]
    return { kind, evidence, remedy, health: HEALTH_WORDS[health] }
  })
}
