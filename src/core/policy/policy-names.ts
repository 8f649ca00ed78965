/**
 * The names in a policy's lists, so that they can be checked: a misspelt one would silently deny nothing.
 *
 * @module
 */
import type { Policy } from './policy.ts'

export type NamedWhat = 'provider' | 'model' | 'author'

const LISTS = [
  ['denyProviders', 'provider'],
  ['allowProviders', 'provider'],
  ['denyModels', 'model'],
  ['allowModels', 'model'],
  ['denyAuthors', 'author'],
  ['allowAuthors', 'author'],
  ['zdr', 'author'],
] as const satisfies readonly (readonly [keyof Policy, NamedWhat])[]

export interface PolicyName {
  readonly list: (typeof LISTS)[number][0]
  /** Its index in the list. */
  readonly at: number
  readonly what: NamedWhat
  readonly name: string
}

export function policyNames(policy: Policy): readonly PolicyName[] {
  return LISTS.flatMap(([list, what]) => {
    const names = policy[list]
    return Array.isArray(names) ? names.map((name: string, at): PolicyName => ({ list, at, what, name })) : []
  })
}
