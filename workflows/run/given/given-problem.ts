/**
 * Checks that what a workflow gives to others survives as JSON.
 *
 * @module
 */
import { lostInJson } from '../../../src/core/json/lost-in-json.ts'
import { writeErrors } from '../../../src/core/json/write-errors.ts'
import type { Book } from '../book/book.ts'
import { sizeProblem } from '../book/sizes.ts'
import { toRefuseSince } from './known-options.ts'

/** A value as it is passed on, or why it cannot be, in words. */
export type Given<Value> = { readonly value: Value; readonly problem?: never } | { readonly problem: string }

/** A value as it can be passed on, with the errors in it written out as JSON. */
export function toGive<Value>(book: Book, what: string, value: Value): Given<Value> {
  const unwritable = sizeProblem(what, value)
  if (unwritable !== undefined) return { problem: unwritable }
  const written = writeErrors(value)
  const tooLong = written === value ? undefined : sizeProblem(what, written)
  const problem = tooLong ?? toRefuseSince(book, lossProblem(what, written), 'signalbox.refuse-lost-value')
  return problem === undefined ? { value: written } : { problem }
}

/**
 * Why a setting cannot be passed on, in words; `undefined` if it can. Functions and symbols have a marker of their own, because
 * older workers looked for those alone and took everything else.
 */
export function settingProblem(book: Book, what: string, value: unknown): string | undefined {
  const problem = lossProblem(what, value)
  if (problem === undefined) return undefined
  return toRefuseSince(
    book,
    problem,
    holdsFunction(value) ? 'signalbox.refuse-lost-in-json' : 'signalbox.refuse-lost-value',
  )
}

/** Whether a function or a symbol is in the value; `false` if it cannot be written as JSON at all. */
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
