/**
 * What webhooks are told, in one shape for every kind of alert.
 *
 * @module
 */

export const ALERT_KINDS = ['breaker-open', 'key-rejected', 'quota-gone', 'budget-warning'] as const

/** `key-rejected` and `quota-gone` also close an endpoint. They are sent in place of `breaker-open`. */
export type AlertKind = (typeof ALERT_KINDS)[number]

/**
 * Contains figures and names, and never a key or a prompt. The only part of a run in it can be a label's value that has a limit
 * of its own.
 */
export interface Alert {
  readonly kind: AlertKind
  /** `ended`: the endpoint answers again, or is configured no more. A budget's warning only begins. */
  readonly state: 'begun' | 'ended'
  /** An endpoint, a provider or a budget. */
  readonly subject: string
  /** A sentence for people. */
  readonly message: string
  /** ISO 8601. */
  readonly at: string
  /** Further fields, by kind: names, numbers and texts. */
  readonly [figure: string]: unknown
}

/** Where alerts are sent. Its address and secret are in no message, log line or record. */
export interface Webhook {
  /** May hold a secret of its own. */
  readonly url: string
  /** The secret that signs every post: base64 after `whsec_`, or else the text itself. Absent: posts are not signed. */
  readonly secret?: string
}

/** Who is told, and of what. */
export interface AlertSettings {
  readonly webhook: Webhook
  readonly on: readonly AlertKind[]
}

/** Identifies an alert, which begins once and ends once. */
export function alertKey({ kind, subject }: Pick<Alert, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`
}
