/**
 * Sends an alert to a webhook.
 *
 * @module
 */
import type { Alert } from '../../core/alert.ts'
import { passed } from '../passed.ts'
import { postJson } from '../post-json.ts'

/** An alert is told once for all workers, so a webhook that is away for a minute must not miss it. */
const AGAIN_AFTER_MS = [1_000, 10_000, 60_000]

/**
 * Gives what went wrong at last, without the address; `undefined` when it was taken. Never rejects.
 *
 * @param closing - The worker ends, and tries no more.
 */
export async function postPatiently(
  url: string,
  alert: Alert,
  closing: AbortSignal,
  send: typeof fetch,
): Promise<string | undefined> {
  const post = () => postJson(url, alert, { redirect: 'error', fetch: send })
  let problem = await post()
  for (const pauseMs of AGAIN_AFTER_MS) {
    if (problem === undefined || !(await passed(pauseMs, closing, { ref: false }))) break
    problem = await post()
  }
  return problem
}
