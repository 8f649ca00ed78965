/**
 * Removes a server's keys from its error messages, which are told to the model, kept with the run and shown to people.
 *
 * @module
 */
import { thrownWords } from '../../core/words/thrown-words.ts'
import type { McpServer } from './server-settings.ts'

/** Names of headers, environment variables and parameters of an address whose values are secret. `PWD` is the folder that a program runs in. */
const SECRET_NAME = /auth|key|token|secret|passw|credential|cookie|(^|_)pat$|pass$|(?<!^(?:old)?)pwd$/i

/** In characters. Anything shorter is a word such as `Bearer`. */
const LEAST_SECRET = 8

export function hideSecrets(text: string, server: McpServer): string {
  const settings = Object.entries(('url' in server ? server.headers : server.env) ?? {})
  const secrets = [...settings.flatMap(secretsIn), ...('url' in server ? secretsOfAddress(server.url) : [])]
    .filter(secret => secret.length >= LEAST_SECRET)
    // One may be part of another.
    .sort((one, other) => other.length - one.length)
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[hidden]'), text)
}

/** In `Bearer abc…`, the key stands behind a word. A variable such as `DATABASE_URL` is an address with a password in it. */
function secretsIn([name, value]: readonly [string, string]): readonly string[] {
  const within = secretsOfAddress(value)
  return SECRET_NAME.test(name) ? [value, ...value.split(' '), ...within] : within
}

function secretsOfAddress(text: string): readonly string[] {
  const address = URL.parse(text)
  if (!address) return []
  const parameters = address.search
    .slice(1)
    .split('&')
    .map(parameter => parameter.split(/=(.*)/s))
    .filter(([name = '']) => SECRET_NAME.test(name))
    .map(([, value = '']) => value)
  return [address.password, ...parameters].flatMap(waysToWrite)
}

/** A part of an address as it stands there, as it is read, where a plus may be a space, and as it is written by others. */
function waysToWrite(part: string): readonly string[] {
  const read = [part, part.replaceAll('+', '%2B')].map(unescaped)
  return [part, ...read, ...read.map(encodeURIComponent)]
}

/** Unlike `decodeURIComponent`, this takes a percent sign alone for itself. */
function unescaped(part: string): string {
  return new URLSearchParams(`=${part.replaceAll('&', '%26')}`).get('') ?? ''
}

/** The error itself if its message has no secret and it has no cause; else a new error with the cleaned message alone. */
export function withoutSecrets(error: unknown, server: McpServer): unknown {
  if (!(error instanceof Error)) return error
  const words = hideSecrets(thrownWords(error, String), server)
  return words === error.message && error.cause === undefined ? error : new Error(words)
}
