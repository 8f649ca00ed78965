/**
 * The one table of what the router does about each kind of fault. The README prints it, and a test compares the two.
 *
 * @module
 */
import { type DeadlineKind, FAULT_KINDS, type FaultKind } from './fault.ts'

/**
 * What a call does after a fault, once the same endpoint is not asked again.
 *
 * `reroute`: asks the next candidate · `reroute-larger`: the next one with a larger context window · `other-provider`: one other provider,
 * once · `by-class`: what the class says about refusals · `more-output`: asks once more with a higher output limit, else accepts what came
 * · `abandon`: ends with the fault.
 */
type NextStep = 'reroute' | 'reroute-larger' | 'other-provider' | 'by-class' | 'more-output' | 'abandon'

/**
 * What a fault does to the endpoint's health. `full` and `half` count towards opening its breaker, `opens` and `opens-until-reset` open it
 * at once, `cools` makes all calls pause there; the others do nothing.
 */
type HealthEffect = 'none' | 'half' | 'full' | 'opens' | 'opens-until-reset' | 'cools' | 'not-an-attempt' | 'never'

/** What follows from a kind of fault, for the call and for the health of the endpoint. */
export interface RemedyRule {
  /** Typical evidence, in words for people. */
  readonly evidence: string
  /** The remedy, in words for people. */
  readonly remedy: string
  /** How often the same endpoint is asked again before `next`, each time after {@link RETRY_DELAY_MS} and jitter. */
  readonly retries: 0 | 1
  /**
   * Set for one more retry if the endpoint has the prompt's prefix in its cache. Elsewhere the whole prompt would cost the full price,
   * usually ten times as much.
   */
  readonly retriesWarm?: true
  readonly next: NextStep
  /** Set if the endpoint stays a candidate, but not before its wait is over. */
  readonly waits?: true
  /** Set if the same endpoint is asked once more, but only when no other candidate is ready. */
  readonly lastResort?: true
  /**
   * Set if the endpoint may soon be back: it is asked again after growing pauses, when no other candidate is ready, for as long as the
   * class outlasts an outage. A deadline's name: only if that deadline passed, since a connection that nobody accepts is something other
   * than a slow answer. `where-named`: only if the class itself names a time, because people have to repair this and may never do so.
   */
  readonly outlasts?: 'always' | 'where-named' | DeadlineKind
  readonly health: HealthEffect
  /** Set if somebody has to act, on a key or an account. */
  readonly alert?: true
}

/** The pause before the same endpoint is asked again after a fault that passes quickly. Jitter of up to as much is added. */
export const RETRY_DELAY_MS = 250

const REMEDIES = {
  'rate-limited': {
    evidence: '429; Retry-After, retry-after-ms, a `retryDelay` in the body, or a pause named in the error text',
    remedy:
      'reroute at once; when no other endpoint is left, wait as told, then retry after growing pauses (`outlast`)',
    retries: 0,
    next: 'reroute',
    waits: true,
    outlasts: 'always',
    health: 'cools',
  },
  overloaded: {
    evidence: '503, 529, or overloaded_error, also inside a 200 stream',
    remedy: 'wait and retry once, then reroute; when no other endpoint is left, retry after growing pauses (`outlast`)',
    retries: 1,
    next: 'reroute',
    outlasts: 'always',
    health: 'full',
  },
  unreachable: {
    evidence: 'DNS, TCP or TLS failure; connection reset before the first byte',
    remedy: 'wait and retry once, then reroute; when no other endpoint is left, retry after growing pauses (`outlast`)',
    retries: 1,
    next: 'reroute',
    outlasts: 'always',
    health: 'full',
  },
  'timed-out': {
    evidence: 'any of the four deadlines; 408, 504',
    remedy:
      'reroute; a silent endpoint is not asked again in this call; one that accepts no connection is, after growing pauses (`outlast`)',
    retries: 0,
    next: 'reroute',
    outlasts: 'connect',
    health: 'full',
  },
  'cut-off': {
    evidence: 'the stream stops in the middle of an answer or a tool call; an error inside the stream after tokens',
    remedy:
      'retry once if the prompt is cached there, then reroute and start the call again; the same endpoint once more when no other is ready',
    retries: 0,
    retriesWarm: true,
    next: 'reroute',
    lastResort: true,
    health: 'full',
  },
  truncated: {
    evidence: 'the answer stopped at the output limit',
    remedy:
      'its tool calls never run; retry once with more output if limits and budget allow, else accept it and mark it as truncated',
    retries: 0,
    next: 'more-output',
    health: 'none',
  },
  'malformed-reply': {
    evidence:
      'bad JSON or SSE, impossible tool call, empty answer, an answer that misses its schema or ignores the tool choice',
    remedy:
      'a wrong shape is sent back once if that is cheaper, else escalated; otherwise reroute; the same endpoint once more when no other is ready',
    retries: 0,
    next: 'reroute',
    lastResort: true,
    health: 'half',
  },
  unauthenticated: {
    evidence: '401, or a 403 about the key',
    remedy: 'reroute and alert; when no other endpoint is left, retry later only if the class sets `outlast`',
    retries: 0,
    next: 'reroute',
    outlasts: 'where-named',
    health: 'opens',
    alert: true,
  },
  'quota-exhausted': {
    evidence: '402, or a 429 with a quota code',
    remedy: 'reroute and alert; when no other endpoint is left, retry later only if the class sets `outlast`',
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
      "an ability is missing, or one call exceeds the endpoint's tokens per minute, the model's output limit or the credit left there",
    remedy:
      'reroute; retry once with less output if the reply says how much and no other is ready; a missing ability is an error in the catalogue',
    retries: 0,
    next: 'reroute',
    health: 'none',
  },
  refused: {
    evidence: 'content policy',
    remedy: 'abandon, or reroute if the class says so (`onRefusal`)',
    retries: 0,
    next: 'by-class',
    health: 'none',
  },
  'invalid-request': {
    evidence: '400, 422, 404',
    remedy:
      'a rejected schema, tool choice or setting is sent again in another form; otherwise try one other provider, then abandon',
    retries: 0,
    next: 'other-provider',
    health: 'none',
  },
  'no-route': {
    evidence: 'the route rejects every endpoint',
    remedy: 'abandon; the message lists each rejection and what to change',
    retries: 0,
    next: 'abandon',
    health: 'not-an-attempt',
  },
  'over-budget': {
    evidence: 'no endpoint that is left fits what can be reserved',
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

/** The rule for a kind of fault. */
export function remedyFor(kind: FaultKind): RemedyRule {
  return REMEDIES[kind]
}

const HEALTH_WORDS = {
  none: 'no',
  half: 'half',
  full: 'yes',
  opens: 'opens at once, for the worker with that key',
  'opens-until-reset': 'opens until reset',
  cools: 'no, but the endpoint is left alone for a while',
  'not-an-attempt': '–',
  never: 'never',
} as const satisfies Record<HealthEffect, string>

/** A row of the table, for people. */
export interface RemedyRow {
  readonly kind: FaultKind
  readonly evidence: string
  readonly remedy: string
  readonly health: string
}

/** The table in words, in the order of {@link FAULT_KINDS}. */
export function describeRemedies(): readonly RemedyRow[] {
  return FAULT_KINDS.map(kind => {
    const { evidence, remedy, health } = REMEDIES[kind]
    return { kind, evidence, remedy, health: HEALTH_WORDS[health] }
  })
}
