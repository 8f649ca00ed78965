/**
 * Sends an alert to a webhook.
 *
 * @module
 */
import type { Alert } from '../../core/alert.ts'

/** A webhook that takes longer is taken for dead. */
const TIMEOUT_MS = 5_000

/** Posts it as JSON. Gives what went wrong, without the address; `undefined` when it was taken. Never rejects. */
export async function postAlert(url: string, alert: Alert): Promise<string | undefined> {
  const answer = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alert),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return answer.then(
    async reply => {
      await reply.body?.cancel()
      return reply.ok ? undefined : `it answered ${reply.status}`
    },
    (error: Error) => (error.name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS} ms` : 'it cannot be reached'),
  )
}
