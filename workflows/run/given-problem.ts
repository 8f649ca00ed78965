/**
 * What a workflow of one's own gives to others goes to them as JSON.
 *
 * @module
 */
import { lostInJson } from '../../src/core/json/lost-in-json.ts'
import { writeErrors } from '../../src/core/json/write-errors.ts'
import type { Book } from './book.ts'
import { toRefuseSince } from './known-options.ts'
import { sizeProblem } from './sizes.ts'

/** Histories from before this have what was left of it. */
const PATCH = 'signalbox.refuse-lost-value'

/** As it goes to others, or why it cannot, in words. */
export type Given<Value> = { readonly value: Value; readonly problem?: never } | { readonly problem: string }

/** With its errors written. */
export function toGive<Value>(book: Book, what: string, value: Value): Given<Value> {
  const unwritable = sizeProblem(what, value)
  if (unwritable !== undefined) return { problem: unwritable }
  const written = writeErrors(value)
  const tooLong = written === value ? undefined : sizeProblem(what, written)
  const problem = tooLong ?? toRefuseSince(book, lossProblem(what, written), PATCH)
  return problem === undefined ? { value: written } : { problem }
}

/**
 * Why a setting cannot be given. Workers from before this looked there for functions and symbols alone, under a marker of their own, and took
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
