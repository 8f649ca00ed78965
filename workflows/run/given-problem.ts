/**
 * What a workflow of one's own gives to others goes to them as JSON.
 *
 * @module
 */
import { lostInJson } from '../../src/core/lost-in-json.ts'
import type { Book } from './book.ts'
import { toRefuseSince } from './known-options.ts'
import { sizeProblem } from './sizes.ts'

/** Histories from before this have what was left of it. */
const PATCH = 'signalbox.refuse-lost-value'

/** Why it cannot be given, in words; `undefined` where it can. */
export function givenProblem(book: Book, what: string, value: unknown): string | undefined {
  return sizeProblem(what, value) ?? toRefuseSince(book, lossProblem(what, value), PATCH)
}

export function lossProblem(what: string, value: unknown): string | undefined {
  const loss = lostInJson(value)
  return loss && `${what} is not JSON: ${loss}`
}
