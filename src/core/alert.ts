/**
 * What webhooks are told: one shape for everything that people should look at.
 *
 * @module
 */

export const ALERT_KINDS = ['breaker-open', 'key-rejected', 'quota-gone', 'budget-warning'] as const

/** `key-rejected` and `quota-gone` close an endpoint too, and are told instead of `breaker-open`. */
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Figures and names; of runs at most the label's value that has a limit of its own, no key and no prompt. */
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
  /** What is known beside, by kind: names, numbers and texts. */
  readonly [figure: string]: unknown
}

/** Who is told. Address and secret are in no message, no line of a log and no record. */
export interface Webhook {
  /** May hold a secret of its own. */
  readonly url: string
  /** What every post is signed with, as it is written: base64 behind `whsec_`, else the text itself. Absent: posts are not signed. */
  readonly secret?: string
}

/** Who is told, and of what. */
export interface AlertSettings {
  readonly webhook: Webhook
  readonly on: readonly AlertKind[]
}

/** What tells one alert from another: it begins once and ends once. */
export function alertKey({ kind, subject }: Pick<Alert, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`
}
