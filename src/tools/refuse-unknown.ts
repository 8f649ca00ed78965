/**
 * Refuses a definition with a key that does not exist: a misspelt `needsApproval` would be a tool that runs unasked.
 *
 * @module
 */
import { closest } from 'fastest-levenshtein'

/** The keys of a type, all of them: the compiler holds the list to it. */
export type KeysOf<Definition> = Readonly<Record<keyof Definition, true>>

/**
 * The compiler finds such a key where a definition is written out; it does not where one is put together, nor in JavaScript.
 *
 * @throws TypeError that names the key and the nearest that exists.
 */
export function refuseUnknown<Definition extends object>(
  owner: string,
  definition: Definition,
  keys: KeysOf<Definition>,
): void {
  const known = Object.keys(keys)
  const unknown = Object.keys(definition).find(key => !known.includes(key))
  if (unknown === undefined) return
  const all = known.toSorted().join(', ')
  throw new TypeError(
    `${owner} has "${unknown}", which does not exist; did you mean "${closest(unknown, known)}" of ${all}?`,
  )
}
