/**
 * What policies mean, said a second time and as plainly as can be: level by level and rule by rule, nothing combined,
 * nothing shared with the planner.
 *
 * @module
 */
import type { Endpoint, TokenPrice } from '../../src/core/endpoints.ts'
import type { Policy, PolicyAt } from '../../src/core/policy/policy.ts'

/** Whether an endpoint keeps every policy of every level. What it does not say about itself counts against it. */
export function keepsAll(endpoint: Endpoint, policies: readonly PolicyAt[]): boolean {
  for (const { policy, provider, blockedBy } of policies) {
    if (provider !== undefined && provider !== endpoint.provider) continue
    if (blockedBy !== undefined || !keeps(endpoint, policy)) return false
  }
  return true
}

const DAY_MS = 86_400_000

/** Whether it may be asked in a batch too, which its vendor keeps for a month, or for six weeks at Google's, whatever else it keeps. */
export function keepsAllInBatch(endpoint: Endpoint, policies: readonly PolicyAt[]): boolean {
  const [author = ''] = endpoint.model.split('/')
  const keptMs = (endpoint.protocol === 'google' ? 42 : 30) * DAY_MS
  return policies.every(({ policy: { zdr = false, maxRetentionMs = keptMs }, provider }) => {
    if (provider !== undefined && provider !== endpoint.provider) return true
    return (zdr === false || (zdr !== true && zdr.indexOf(author) < 0)) && maxRetentionMs >= keptMs
  })
}

function keeps(endpoint: Endpoint, policy: Policy): boolean {
  const { retention, training, region } = endpoint.dataPolicy
  const [author = ''] = endpoint.model.split('/')
  if (policy.zdr === true && retention !== 'none') return false
  if (typeof policy.zdr === 'object' && policy.zdr.indexOf(author) >= 0 && retention !== 'none') return false
  if (policy.maxRetentionMs !== undefined && !keepsAtMost(retention, policy.maxRetentionMs / 3_600_000)) return false
  if (policy.training === 'deny' && training !== false) return false
  if (policy.regions !== undefined && !policy.regions.some(allowed => allowed === region)) return false
  if (isIn(policy.denyProviders, endpoint.provider) || isOutside(policy.allowProviders, endpoint.provider)) return false
  if (isIn(policy.denyModels, endpoint.model)) return false
  if (isOutside(policy.allowModels, endpoint.model) && isOutside(policy.allowModels, endpoint.id)) return false
  if (isIn(policy.denyAuthors, author) || isOutside(policy.allowAuthors, author)) return false
  return hasAbilities(endpoint, policy) && isCheapEnough(endpoint, policy)
}

function keepsAtMost(retention: string | undefined, hours: number): boolean {
  if (retention === 'none') return true
  const [, amount, unit] = /^(\d+)([hd])$/.exec(retention ?? '') ?? []
  return amount !== undefined && Number(amount) * (unit === 'd' ? 24 : 1) <= hours
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
