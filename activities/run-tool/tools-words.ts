/**
 * What a tool has thrown, as the model that asked for it reads it.
 *
 * @module
 */
import { inspect } from 'node:util'
import { thrownWords } from '../../src/core/words/thrown-words.ts'

/** Never throws: the tool would be run again and again. */
export function toolsWords(thrown: unknown): string {
  try {
    return thrownWords(thrown, shown)
  } catch {
    return 'something that cannot be put into words'
  }
}

/** What lies deeper in an object that was thrown may be a request with its key, and the words go to the model. */
function shown(thrown: unknown): string {
  return inspect(thrown, { depth: 0 })
}
