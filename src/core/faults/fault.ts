/**
 * Faults: what went wrong, as data. A fault is classified once, where the vendor's reply is read, and crosses every boundary as JSON.
 *
 * @module
 */

export const FAULT_KINDS = [
  'rate-limited',
  'overloaded',
  'unreachable',
  'timed-out',
  'cut-off',
  'truncated',
  'malformed-reply',
  'unauthenticated',
  'quota-exhausted',
  'context-too-long',
  'unsupported',
  'refused',
  'invalid-request',
  'no-route',
  'over-budget',
  'cancelled',
] as const

/** The kinds of faults. The README says what happens after each. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** The kinds with which an attempt can end. The others are those of a call or a run. */
export type AttemptFaultKind = Exclude<FaultKind, 'no-route' | 'over-budget' | 'truncated'>

/** Which of the four deadlines passed. */
export type DeadlineKind = 'connect' | 'first-token' | 'stall' | 'total'

/** What was seen on the wire. Only codes and numbers, because a vendor's sentence may quote the prompt. */
export interface Evidence {
  readonly status?: number
  /** The wait that the server asks for, from Retry-After, retry-after-ms or the body. */
  readonly retryAfterMs?: number
  /** The vendor's error code, e.g. `insufficient_quota`. */
  readonly code?: string
  readonly type?: string
  /** The parameter of the request that the vendor complains about. */
  readonly parameter?: string
  /** The vendor's id of the request. */
  readonly requestId?: string
  readonly deadline?: DeadlineKind
  /** Set if the endpoint rejected the form in which the schema was sent. It is asked again with this form. */
  readonly schemaWay?: 'json' | 'words'
  /** Set if the endpoint rejected the tool choice. It is asked again with the choice in words. */
  readonly choiceWay?: 'words'
  /** Set if the endpoint rejected these settings. It is asked again without them. */
  readonly without?: readonly string[]
  /** The most output that the call may ask for there, because the endpoint gives no more or the remaining credit pays for no more. */
  readonly mostOutputTokens?: number
  /** What a 429 says there is too much of, if it is not requests. */
  readonly limitedBy?: 'tokens' | 'concurrency'
  /** Our own code for a transport failure, e.g. `ECONNREFUSED`. */
  readonly transport?: string
}

/** A fault of an attempt or of a call. `message` is for people: our own words, without keys and content. */
export interface Fault {
  readonly kind: FaultKind
  readonly message: string
  readonly evidence: Evidence
}
