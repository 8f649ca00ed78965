/**
 * What is said behind "there is no such name".
 *
 * @module
 */
import { nearest } from './nearest.ts'

/** `; did you mean 'strong'?`; where no name is near, what is said otherwise, or nothing. */
export function didYouMean(near: string | undefined, otherwise?: string): string {
  if (near !== undefined) return `; did you mean '${near}'?`
  return otherwise === undefined ? '' : `; ${otherwise}`
}

/** The nearest of names that are few enough to be listed, or all of them: `; there are: cheap, strong`. */
export function meantOrAll(found: string, known: readonly string[]): string {
  return didYouMean(nearest(found, known), thereAre(known))
}

export function thereAre(known: readonly string[]): string {
  return known.length > 0 ? `there are: ${known.join(', ')}` : 'there are none'
}
