/**
 * Which endpoints may see a prompt. Policies of several levels combine so that a lower level only tightens.
 *
 * @module
 */
import type { Endpoint, TokenPrice } from './endpoints.ts'

/** Where a policy was written; the order is from the outermost to the innermost. */
export type PolicyLevel = 'global' | 'workspace' | 'class' | 'run' | 'call'

/** A data policy. An absent field asks for nothing. */
export interface Policy {
  /** Only endpoints that keep nothing. */
  readonly zdr?: boolean
  /** `deny`: only endpoints known not to train on what they are sent. */
  readonly training?: 'allow' | 'deny'
  /** Only these regions; an endpoint of unknown region falls out. */
  readonly regions?: readonly string[]
  readonly denyProviders?: readonly string[]
  readonly allowProviders?: readonly string[]
  /** Ceilings in USD per million tokens; an endpoint with an unknown price of a named kind falls out. */
  readonly maxPrice?: TokenPrice
}

/** One level's policy and where it comes from, so that a rejection can name it. */
export interface PolicyAt {
  readonly level: PolicyLevel
  readonly policy: Policy
}

/** The rule that an endpoint broke. `found` is what the endpoint has, as text; `unknown` where it says nothing. */
export interface PolicyBreach {
  readonly rule: 'zdr' | 'training' | 'region' | 'deny-provider' | 'allow-provider' | 'max-price'
  readonly level: PolicyLevel
  readonly found: string
  readonly allowed: string
}

/** The first rule, from the outermost level inwards, that forbids the endpoint; `undefined` when all admit it. */
export function policyBreach(endpoint: Endpoint, policies: readonly PolicyAt[]): PolicyBreach | undefined {
  for (const { level, policy } of policies) {
    const broken = breachOf(endpoint, policy)
    if (broken) return { level, ...broken }
  }
  return undefined
}

type Broken = Omit<PolicyBreach, 'level'>

function breachOf(endpoint: Endpoint, policy: Policy): Broken | undefined {
  const { retention, training, region } = endpoint.dataPolicy
  if (policy.zdr && retention !== 'none') return { rule: 'zdr', found: retention ?? 'unknown', allowed: 'none' }
  if (policy.training === 'deny' && training !== false)
    return { rule: 'training', found: training === undefined ? 'unknown' : 'trains', allowed: 'does not train' }
  if (policy.regions && !(region !== undefined && policy.regions.includes(region)))
    return { rule: 'region', found: region ?? 'unknown', allowed: policy.regions.join(', ') }
  return providerBreach(endpoint, policy) ?? (policy.maxPrice && priceBreach(endpoint, policy.maxPrice))
}

function providerBreach(endpoint: Endpoint, policy: Policy): Broken | undefined {
  if (policy.denyProviders?.includes(endpoint.provider))
    return { rule: 'deny-provider', found: endpoint.provider, allowed: `not ${policy.denyProviders.join(', ')}` }
  if (policy.allowProviders && !policy.allowProviders.includes(endpoint.provider))
    return { rule: 'allow-provider', found: endpoint.provider, allowed: policy.allowProviders.join(', ') }
  return undefined
}

const PRICE_KINDS = ['input', 'cachedInput', 'cacheWrite', 'cacheWriteHour', 'output', 'reasoning'] as const

function priceBreach(endpoint: Endpoint, ceiling: TokenPrice): Broken | undefined {
  if (endpoint.price?.free) return undefined
  for (const kind of PRICE_KINDS) {
    const most = ceiling[kind]
    if (most === undefined) continue
    const price = endpoint.price?.[kind]
    if (price === undefined || price > most)
      return { rule: 'max-price', found: `${kind} ${price ?? 'unknown'}`, allowed: `${kind} <= ${most}` }
  }
  return undefined
}
