/**
 * Removes a server's keys from its error messages, which are told to the model, kept with the run and shown to people.
 *
 * @module
 */
import { thrownWords } from '../../core/words/thrown-words.ts'
import type { McpServer } from './server-settings.ts'

/** Names of headers and environment variables whose values are secret. */
const SECRET_NAME = /auth|key|token|secret|passw|credential|cookie|(^|_)pat$/i

/** In characters. Anything shorter is a word such as `Bearer`. */
const LEAST_SECRET = 8

export function hideSecrets(text: string, server: McpServer): string {
  const settings = Object.entries(('url' in server ? server.headers : server.env) ?? {})
  // In `Bearer abc…`, the key stands behind a word.
  const secrets = settings
    .filter(([name]) => SECRET_NAME.test(name))
    .flatMap(([, value]) => [value, ...value.split(' ')])
    .filter(secret => secret.length >= LEAST_SECRET)
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[hidden]'), text)
}

/** The error itself if its message has no secret and it has no cause; else a new error with the cleaned message alone. */
export function withoutSecrets(error: unknown, server: McpServer): unknown {
  if (!(error instanceof Error)) return error
  const words = hideSecrets(thrownWords(error, String), server)
  return words === error.message && error.cause === undefined ? error : new Error(words)
}
