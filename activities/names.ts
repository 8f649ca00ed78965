/**
 * Checks names that people wrote against those that exist, and says which one was probably meant.
 *
 * @module
 */
import type { Policy } from '../src/core/policy/policy.ts'
import { meantOrAll } from '../src/core/words/did-you-mean.ts'

/** What is wrong with the names in a policy that came with a run or with one call, in a sentence. */
export type PolicyProblem = (policy: Policy, level: 'run' | 'call') => string | undefined

/** The sentence for a name that does not exist. */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  return `no ${what} is called '${name}'${meantOrAll(name, known)}`
}
