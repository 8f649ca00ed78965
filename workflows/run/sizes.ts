/**
 * What a workflow of one's own gives to others lies in history, and Temporal refuses payloads over 2 MB: its task would fail, again
 * and again.
 *
 * @module
 */
import { mostBytesOf } from '../../src/core/agent/words.ts'

/** What goes along, terms and references, has room in the rest. */
const MOST_BYTES = 1_900_000

/** Why it cannot be given, in words; `undefined` where it can. */
export function sizeProblem(what: string, value: unknown): string | undefined {
  const bytes = value === undefined ? 0 : mostBytesOf(value)
  if (bytes <= MOST_BYTES) return undefined
  return `${what} has about ${bytes} bytes, and at most ${MOST_BYTES} go into history, where it would lie. Have a tool keep it, and give its name instead; a tool's own long result lies in the store, and history refers to it`
}
