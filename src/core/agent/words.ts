/**
 * What people tell an agent, on its way into the prompt.
 *
 * @module
 */

import type { StoredText } from '../parts.ts'
import { isBlank, isParts, type Part } from '../parts.ts'
import type { Addition, Words } from '../protocol.ts'

/** A user's message: as it is, or by reference where it lies in the store. */
export function userMessage(words: Words): Addition {
  if (typeof words === 'string') return { role: 'user', content: [{ type: 'text', text: words }] }
  return isParts(words) ? { role: 'user', content: words } : { role: 'stored-text', text: words }
}

/** What an agent is given, as words: any JSON that is neither a text nor parts is its text. `undefined` for what is no JSON. */
export function toWords(given: unknown): string | readonly Part[] | undefined {
  return typeof given === 'string' || isParts(given) ? given : JSON.stringify(given)
}

/** Whether it can be told to an agent: vendors refuse what has nothing but blanks. */
export function isWords(given: unknown): given is Words {
  if (typeof given === 'string') return given.trim() !== ''
  if (isParts(given)) return !isBlank(given)
  return typeof (Object(given) as Partial<StoredText>).digest === 'string'
}

/** The bytes that a value takes as JSON in UTF-8, which nothing in a workflow knows by itself. */
export function jsonBytes(value: unknown): number {
  const json = JSON.stringify(value)
  let bytes = json.length
  for (let at = 0; at < json.length; at += 1) bytes += bytesBeyondOne(json.charCodeAt(at))
  return bytes
}

/** Of a UTF-16 unit. JSON has no half of a character: of the four bytes of one that has two units each stands for two. */
function bytesBeyondOne(unit: number): number {
  if (unit < 0x80) return 0
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
}
