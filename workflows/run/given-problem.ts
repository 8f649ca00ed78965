/**
 * What a workflow of one's own gives to others goes to them as JSON.
 *
 * @module
 */
import { lostInJson } from '../../src/core/lost-in-json.ts'
import { writeErrors } from '../../src/core/write-errors.ts'
import type { Book } from './book.ts'
import { toRefuseSince } from './known-options.ts'
import { sizeProblem } from './sizes.ts'

/** Histories from before this have what was left of it. */
const PATCH = 'signalbox.refuse-lost-value'

/** Why it cannot be given, its errors written, in words; `undefined` where it can. */
export function givenProblem(book: Book, what: string, value: unknown): string | undefined {
  const unwritable = sizeProblem(what, value)
  if (unwritable !== undefined) return unwritable
  const written = writeErrors(value)
  const tooLong = written === value ? undefined : sizeProblem(what, written)
  return tooLong ?? toRefuseSince(book, lossProblem(what, written), PATCH)
}

/**
 * The same for a setting. Workers from before this looked there for functions and symbols alone, under a marker of their own, and took
 * everything else.
 */
export function settingProblem(book: Book, what: string, value: unknown): string | undefined {
  const problem = lossProblem(what, value)
  if (problem === undefined) return undefined
  return holdsFunction(value) ? toRefuseSince(book, problem) : toRefuseSince(book, problem, PATCH)
}

/** `false` where it is no JSON at all. */
function holdsFunction(value: unknown): boolean {
  let holds = false
  try {
    JSON.stringify(value, (_, held: unknown) => {
      holds ||= typeof held === 'function' || typeof held === 'symbol'
      return held
    })
    return holds
  } catch {
    return false
  }
}

export function lossProblem(what: string, value: unknown): string | undefined {
  const loss = lostInJson(value)
  return loss && `${what} is not JSON: ${loss}`
}
