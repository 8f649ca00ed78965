/**
 * What JSON loses without a word: a policy with a function in it would forbid less than its author has written.
 *
 * @module
 */
import { kindOf } from './kind-of.ts'

/** The first function or symbol in it, in words, with the key that it stands under; `undefined`: there is none, or it is no JSON at all. */
export function lostInJson(value: unknown): string | undefined {
  let found: string | undefined
  const look = (key: string, held: unknown) => {
    if (typeof held === 'function' || typeof held === 'symbol') found ??= `has ${kindOf(held)} for ${key}`
    return held
  }
  try {
    JSON.stringify(value, look)
  } catch {
    return undefined
  }
  return found && `${found}, of which JSON would have nothing; write the value itself`
}
