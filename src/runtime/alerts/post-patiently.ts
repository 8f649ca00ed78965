/**
 * Sends an alert to a webhook.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Alert, Webhook } from '../../core/alert.ts'
import { passed } from '../passed.ts'
import { GONE } from '../post-json.ts'
import { postSigned } from '../webhooks/post-signed.ts'

/** An alert is told once for all workers, so a webhook that is away for a minute must not miss it. */
const AGAIN_AFTER_MS = [1_000, 10_000, 60_000]

/**
 * Gives what went wrong at last, without the address; `undefined` when it was taken. Never rejects. All tries have the same id, so that a
 * receiver can drop repeats.
 *
 * @param closing - Aborted when the worker ends: nothing is tried again then.
 */
export async function postPatiently(
  webhook: Webhook,
  alert: Alert,
  closing: AbortSignal,
  send: typeof fetch,
): Promise<string | undefined> {
  const id = `msg_${randomUUID()}`
  const body = JSON.stringify(alert)
  const post = () => postSigned(webhook, { id, body, atMs: Date.now() }, send)
  let problem = await post()
  for (const pauseMs of AGAIN_AFTER_MS) {
    if (problem === undefined || problem === GONE || !(await passed(pauseMs, closing, { ref: false }))) break
    problem = await post()
  }
  return problem && `${problem}; ${GIVEN_UP}`
}

const GIVEN_UP = 'this is not sent again: check what listens there, or correct `webhook` in the configuration'
