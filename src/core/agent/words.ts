/**
 * What people tell an agent, on its way into the prompt.
 *
 * @module
 */
import { userText } from '../messages.ts'
import { isBlank, isParts, type Part, type StoredText } from '../parts.ts'
import type { Addition, Words } from '../protocol.ts'
import { utf8Bytes } from '../utf8-bytes.ts'

/** A user's message, or a reference to the one in the store. */
export function userMessage(words: Words): Addition {
  if (typeof words === 'string') return userText(words)
  return isParts(words) ? { role: 'user', content: words } : { role: 'stored-text', text: words }
}

/** An agent's input as words: a text, parts, or the text of any other JSON. `undefined` if it is not JSON. */
export function toWords(given: unknown): string | readonly Part[] | undefined {
  return typeof given === 'string' || isParts(given) ? given : JSON.stringify(given)
}

/** Whether this can be told to an agent. Vendors refuse messages of nothing but white space. */
export function isWords(given: unknown): given is Words {
  if (typeof given === 'string') return given.trim() !== ''
  if (isParts(given)) return !isBlank(given)
  return typeof (Object(given) as Partial<StoredText>).digest === 'string'
}

/** The bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value))
}
