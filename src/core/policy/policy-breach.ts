/**
 * Finds the rule that forbids an endpoint, and the level of its policy.
 *
 * @module
 */
import type { Endpoint } from '../endpoints.ts'
import { binds, brokenRule, type PolicyAt, type PolicyBreach } from './policy.ts'
import { breachWords } from './policy-words.ts'

/** The first rule, from the outermost level inwards, that forbids the endpoint; `undefined` if all policies admit it. */
export function policyBreach(endpoint: Endpoint, policies: readonly PolicyAt[]): PolicyBreach | undefined {
  for (const each of policies) {
    if (!binds(each, endpoint)) continue
    const { level, policy, blockedBy } = each
    if (blockedBy !== undefined) return { level, rule: 'content', found: blockedBy, allowed: 'what it does not match' }
    const rule = brokenRule(endpoint, policy)
    if (rule) return { level, rule, ...breachWords(endpoint, policy, rule) }
  }
  return undefined
}
