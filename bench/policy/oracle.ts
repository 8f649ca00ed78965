/**
 * What policies mean, said a second time and as plainly as can be: level by level and rule by rule, nothing combined,
 * nothing shared with the planner.
 *
 * @module
 */
import type { Endpoint, TokenPrice } from '../../src/core/endpoints.ts'
import type { Policy, PolicyAt } from '../../src/core/policy.ts'

/** Whether an endpoint keeps every policy of every level. What it does not say about itself counts against it. */
export function keepsAll(endpoint: Endpoint, policies: readonly PolicyAt[]): boolean {
  return policies.every(({ policy }) => keeps(endpoint, policy))
}

function keeps(endpoint: Endpoint, policy: Policy): boolean {
  const { retention, training, region } = endpoint.dataPolicy
  const [author = ''] = endpoint.model.split('/')
  if (policy.zdr === true && retention !== 'none') return false
  if (policy.training === 'deny' && training !== false) return false
  if (policy.regions !== undefined && !policy.regions.some(allowed => allowed === region)) return false
  if (isIn(policy.denyProviders, endpoint.provider) || isOutside(policy.allowProviders, endpoint.provider)) return false
  if (isIn(policy.denyModels, endpoint.model)) return false
  if (isOutside(policy.allowModels, endpoint.model) && isOutside(policy.allowModels, endpoint.id)) return false
  if (isIn(policy.denyAuthors, author) || isOutside(policy.allowAuthors, author)) return false
  return hasAbilities(endpoint, policy) && isCheapEnough(endpoint, policy)
}

function isIn(list: readonly string[] | undefined, word: string): boolean {
  return list !== undefined && list.indexOf(word) >= 0
}

function isOutside(list: readonly string[] | undefined, word: string): boolean {
  return list !== undefined && list.indexOf(word) < 0
}

function hasAbilities({ abilities }: Endpoint, policy: Policy): boolean {
  const has: string[] = [...abilities]
  if (has.indexOf('json-schema') >= 0) has.push('json-object')
  return (policy.abilities ?? []).every(needed => has.indexOf(needed) >= 0)
}

function isCheapEnough({ price }: Endpoint, { maxPrice }: Policy): boolean {
  if (maxPrice === undefined || price?.free === true) return true
  return Object.entries(maxPrice).every(([kind, most]) => {
    const asked = price?.[kind as keyof TokenPrice]
    return most === undefined || (asked !== undefined && asked <= most)
  })
}
