import type { Webhook } from '../../core/alert.ts'
import { postJson } from '../post-json.ts'
import { type Message, signedHeaders } from './sign.ts'

/** Posts a message once. Gives what went wrong, as {@link postJson} does. */
export function postSigned(
  { url, secret }: Webhook,
  message: Message,
  send: typeof fetch,
): Promise<string | undefined> {
  return postJson(url, message.body, { headers: signedHeaders(message, secret), fetch: send })
}
