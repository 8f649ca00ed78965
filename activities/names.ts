/**
 * Checks names that people wrote against those that exist, and says which one was probably meant.
 *
 * @module
 */

/** Finds the name that someone probably meant among those that exist. */
export type Nearest = (name: string, names: readonly string[]) => string | undefined

/** The sentence for a name that does not exist. */
export function unknownName(what: string, name: string, near: string | undefined, known: readonly string[]): string {
  const advice = near === undefined ? `known: ${known.join(', ') || 'none'}` : `did you mean '${near}'?`
  return `no ${what} is called '${name}'; ${advice}`
}
