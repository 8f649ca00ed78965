/**
 * The advice after "there is no such name".
 *
 * @module
 */
import { nearest } from './nearest.ts'

/** `; did you mean 'strong'?`. If no name is near, `otherwise` behind a semicolon, or nothing. */
export function didYouMean(near: string | undefined, otherwise?: string): string {
  if (near !== undefined) return `; did you mean '${near}'?`
  return otherwise === undefined ? '' : `; ${otherwise}`
}

/** `; did you mean 'strong'?`, or a list of all names, which must be few: `; there are: cheap, strong`. */
export function meantOrAll(found: string, known: readonly string[]): string {
  return didYouMean(nearest(found, known), thereAre(known))
}

export function thereAre(known: readonly string[]): string {
  return known.length > 0 ? `there are: ${known.join(', ')}` : 'there are none'
}
