/**
 * Keeps the keys that a server is given out of what it says when it fails: that is told to the model, kept with the run and shown.
 *
 * @module
 */
import { thrownWords } from '../../core/words/thrown-words.ts'
import type { McpServer } from './server-settings.ts'

/** Names of headers and variables whose values nobody else may see. */
const SECRET_NAME = /auth|key|token|secret|passw|credential|cookie|(^|_)pat$/i

/** Shorter ones are words such as `Bearer`. */
const LEAST_LENGTH = 8

export function hideSecrets(text: string, server: McpServer): string {
  const given = Object.entries(('url' in server ? server.headers : server.env) ?? {})
  // A header may hold its key behind a word.
  const secrets = given
    .filter(([name]) => SECRET_NAME.test(name))
    .flatMap(([, value]) => [value, ...value.split(' ')])
    .filter(secret => secret.length >= LEAST_LENGTH)
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[hidden]'), text)
}

/** The same error where it says none and nothing lies below it; else another with nothing but its words. */
export function withoutSecrets(error: unknown, server: McpServer): unknown {
  if (!(error instanceof Error)) return error
  const words = hideSecrets(thrownWords(error, String), server)
  return words === error.message && error.cause === undefined ? error : new Error(words)
}
