/**
 * What went wrong, as data. A fault is classified once, at the edge, and crosses every boundary as JSON.
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

/** What went wrong. The README says of each kind what happens then. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** What an attempt at an endpoint can end with. The other kinds are those of the call and of its run. */
export type AttemptFaultKind = Exclude<FaultKind, 'no-route' | 'over-budget' | 'truncated'>

/** Which of the four deadlines passed. */
export type DeadlineKind = 'connect' | 'first-token' | 'stall' | 'total'

/** What was seen on the wire. Only codes and numbers, because a vendor's sentence may quote the prompt. */
export interface Evidence {
  readonly status?: number
  /** The wait that the server demands, from Retry-After, retry-after-ms or the body. */
  readonly retryAfterMs?: number
  /** The vendor's error code, e.g. `insufficient_quota`. */
  readonly code?: string
  readonly type?: string
  /** The request's parameter that the vendor named. */
  readonly parameter?: string
  /** The vendor's id of the request. */
  readonly requestId?: string
  readonly deadline?: DeadlineKind
  /** The endpoint rejected the form in which the answer's schema was sent. It is asked again with this one. */
  readonly schemaWay?: 'json' | 'words'
  /** The endpoint rejected the choice of a tool. It is asked again with the choice in words. */
  readonly choiceWay?: 'words'
  /** The endpoint rejected these settings. It is asked again without them. */
  readonly without?: readonly string[]
  /** The most output that the call may ask for there: the endpoint gives no more at once, or the remaining credit pays for no more. */
  readonly mostOutputTokens?: number
  /** Our own code for a transport failure, e.g. `ECONNREFUSED`. */
  readonly transport?: string
}

/** A fault of one attempt or of one call. `message` is our own text for people, free of keys and content. */
export interface Fault {
  readonly kind: FaultKind
  readonly message: string
  readonly evidence: Evidence
}
