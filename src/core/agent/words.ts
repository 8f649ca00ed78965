/**
 * What people tell an agent, on its way into the prompt.
 *
 * @module
 */
import { userText } from '../messages.ts'
import { isBlank, isParts, type Part, type StoredText } from '../parts.ts'
import type { Addition, Words } from '../protocol.ts'

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

/** The bytes of a value as JSON in UTF-8. Workflows have neither `Buffer` nor `TextEncoder` for that. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value)
  let bytes = json.length
  for (let at = 0; at < json.length; at += 1) bytes += bytesBeyondOne(json.charCodeAt(at))
  return bytes
}

/** How many bytes beyond one a UTF-16 unit takes in UTF-8. Each half of a surrogate pair counts as two of its four bytes. */
function bytesBeyondOne(unit: number): number {
  if (unit < 0x80) return 0
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
}
