/**
 * The name that someone probably meant.
 *
 * @module
 */
import { closest, distance } from 'fastest-levenshtein'

/** Near: at most half of the longer name's letters differ. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const near = closest(name, names)
  return distance(name, near) <= Math.max(name.length, near.length) / 2 ? near : undefined
}
