/**
 * Signs what is posted to a webhook, by the Standard Webhooks specification (standardwebhooks.com).
 *
 * @module
 */
import { createHmac } from 'node:crypto'

export interface Message {
  readonly id: string
  /** As it goes out. */
  readonly body: string
  /** Of this try: receivers refuse what is old. */
  readonly atMs: number
}

/** Id and time stand there without a secret too, so that repeats can be dropped. */
export function signedHeaders({ id, body, atMs }: Message, secret: string | undefined): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (secret === undefined) return headers
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}

const CODED = 'whsec_'

function keyOf(secret: string): Buffer {
  return secret.startsWith(CODED) ? Buffer.from(secret.slice(CODED.length), 'base64') : Buffer.from(secret)
}
