/**
 * Alerts, and the webhook that they are sent to.
 *
 * @module
 */

export const ALERT_KINDS = ['breaker-open', 'key-rejected', 'quota-gone', 'budget-warning'] as const

/** What an alert is about. `key-rejected` and `quota-gone` also close an endpoint, and are sent instead of `breaker-open` then. */
export type AlertKind = (typeof ALERT_KINDS)[number]

/**
 * An alert as it is posted: names and figures, never a key or a prompt. Of a run it contains at most the value of a label, if a budget has
 * a limit for each value.
 */
export interface Alert {
  readonly kind: AlertKind
  /** `ended`: the endpoint answers again, or is no longer configured. A budget's warning never ends. */
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

/** Where alerts are posted. Neither field may appear in a message, a log line or a record. */
export interface Webhook {
  /** The address. It may contain a secret. */
  readonly url: string
  /** The secret that signs every post: base64 after `whsec_`, or else the text itself. Absent: posts are not signed. */
  readonly secret?: string
}

/** Where alerts are sent, and which kinds. */
export interface AlertSettings {
  readonly webhook: Webhook
  readonly on: readonly AlertKind[]
}

/** Identifies an alert, which begins once and ends once. */
export function alertKey({ kind, subject }: Pick<Alert, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`
}
