/**
 * Sends an alert to a webhook.
 *
 * @module
 */
import type { Alert } from '../../core/alert.ts'
import { postJson } from '../post-json.ts'

/** Gives what went wrong, without the address; `undefined` when it was taken. Never rejects. */
export function postAlert(url: string, alert: Alert): Promise<string | undefined> {
  return postJson(url, alert, { redirect: 'error' })
}
