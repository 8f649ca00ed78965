/**
 * What people tell an agent, on its way into the prompt.
 *
 * @module
 */
import type { Addition, Words } from '../protocol.ts'

/** A user's message: as it is, or by reference where it lies in the store. */
export function userMessage(words: Words): Addition {
  if (typeof words !== 'string') return { role: 'stored-text', text: words }
  return { role: 'user', content: [{ type: 'text', text: words }] }
}

/** The most bytes of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3

/** The bytes that a value takes in history as JSON, or up to half as many more: nothing in a workflow knows UTF-8. */
export function mostBytesOf(value: unknown): number {
  const json = JSON.stringify(value)
  let bytes = json.length
  for (let at = 0; at < json.length; at += 1) if (json.charCodeAt(at) > 0x7f) bytes += MOST_BYTES - 1
  return bytes
}
