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

export type FaultKind = (typeof FAULT_KINDS)[number]

/** What an attempt at an endpoint can end with. The other kinds are those of the call and of its run. */
export type AttemptFaultKind = Exclude<FaultKind, 'no-route' | 'over-budget' | 'truncated'>

/** Which of the four deadlines passed. */
export type DeadlineKind = 'connect' | 'first-token' | 'stall' | 'total'

/** What was seen on the wire. Codes and numbers only: a vendor's sentence may quote the prompt. */
export interface Evidence {
  readonly status?: number
  /** The server's own demand, from Retry-After, retry-after-ms or the body. */
  readonly retryAfterMs?: number
  /** The vendor's error code, e.g. `insufficient_quota`. */
  readonly code?: string
  readonly type?: string
  /** The request's parameter that the vendor named. */
  readonly parameter?: string
  /** The vendor's id of the request. */
  readonly requestId?: string
  readonly deadline?: DeadlineKind
  /** The endpoint rejected the way in which the answer's schema was sent; asked again, it gets it in this one. */
  readonly schemaWay?: 'json' | 'words'
  /** The endpoint rejected that a tool is chosen for it; asked again, it is told so in words. */
  readonly choiceWay?: 'words'
  /** The endpoint rejected these settings; asked again, it is asked without them. */
  readonly without?: readonly string[]
  /** The most output that the call may ask for there: it gives no more at once, or the credit that is left pays for no more. */
  readonly mostOutputTokens?: number
  /** Our own code for a transport failure, e.g. `ECONNREFUSED`. */
  readonly transport?: string
}

/** A fault of one attempt or of one call. `message` is ours, fit for people, free of keys and content. */
export interface Fault {
  readonly kind: FaultKind
  readonly message: string
  readonly evidence: Evidence
}
