/**
 * Which endpoints may see a prompt. Policies of several levels combine so that a lower level only tightens.
 *
 * @module
 */
import { abilityBits, heldBits } from './abilities.ts'
import type { Ability, Endpoint, TokenPrice } from './endpoints.ts'

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
  /** Models as `author/name`. */
  readonly denyModels?: readonly string[]
  /** Only these models: `author/name`, or one endpoint's id. */
  readonly allowModels?: readonly string[]
  /** What stands before the slash of a model's name. */
  readonly denyAuthors?: readonly string[]
  readonly allowAuthors?: readonly string[]
  /** Only endpoints with all of these. */
  readonly abilities?: readonly Ability[]
  /** Ceilings in USD per million tokens; an endpoint with an unknown price of a named kind falls out. */
  readonly maxPrice?: TokenPrice
  /**
   * How long what a run has said and read is kept after its end; 0: until its outcome was read. Of the global policy, a
   * workspace's and a run's own, the shortest holds. A class's or a call's is not heeded.
   */
  readonly retentionMs?: number
}

/** One level's policy and where it comes from, so that a rejection can name it. */
export interface PolicyAt {
  readonly level: PolicyLevel
  readonly policy: Policy
}

/** The rule that an endpoint broke. `found` is what the endpoint has, as text; `unknown` where it says nothing. */
export interface PolicyBreach {
  readonly rule:
    | 'zdr'
    | 'training'
    | 'region'
    | 'deny-provider'
    | 'allow-provider'
    | 'deny-model'
    | 'allow-model'
    | 'deny-author'
    | 'allow-author'
    | 'ability'
    | 'max-price'
  readonly level: PolicyLevel
  readonly found: string
  readonly allowed: string
}

/** The first rule, from the outermost level inwards, that forbids the endpoint; `undefined` when all admit it. */
export function policyBreach(endpoint: Endpoint, policies: readonly PolicyAt[]): PolicyBreach | undefined {
  for (const { level, policy } of policies) {
    const rule = brokenRule(endpoint, policy)
    if (rule) return { level, rule, ...breachWords(endpoint, policy, rule) }
  }
  return undefined
}

/** Whether a policy admits the endpoint. */
export function admits(policy: Policy, endpoint: Endpoint): boolean {
  return brokenRule(endpoint, policy) === undefined
}

/**
 * One policy that admits exactly what all of the given ones admit: demands combine by OR, lists that deny by union, lists
 * that allow by intersection, ceilings by the lowest. It no longer knows the levels.
 */
export function combinePolicies(policies: readonly PolicyAt[]): Policy {
  const each = policies.map(({ policy }) => policy)
  const ceilings = each.flatMap(({ maxPrice }) => maxPrice ?? [])
  return {
    zdr: each.some(({ zdr }) => zdr),
    training: each.some(({ training }) => training === 'deny') ? 'deny' : 'allow',
    regions: intersection(each.map(({ regions }) => regions)),
    denyProviders: union(each.map(({ denyProviders }) => denyProviders)),
    allowProviders: intersection(each.map(({ allowProviders }) => allowProviders)),
    denyModels: union(each.map(({ denyModels }) => denyModels)),
    allowModels: intersection(each.map(({ allowModels }) => allowModels)),
    denyAuthors: union(each.map(({ denyAuthors }) => denyAuthors)),
    allowAuthors: intersection(each.map(({ allowAuthors }) => allowAuthors)),
    abilities: union(each.map(({ abilities }) => abilities)),
    ...(ceilings.length > 0 && { maxPrice: lowest(ceilings) }),
  }
}

/** Absent where no list has anything. */
function union<Word extends string>(lists: readonly (readonly Word[] | undefined)[]): readonly Word[] | undefined {
  const words = lists.flatMap(list => list ?? [])
  return words.length > 0 ? words : undefined
}

/** What all lists have in common; an absent list allows everything. */
function intersection(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const present = lists.filter(list => list !== undefined)
  return present[0]?.filter(each => present.every(list => list.includes(each)))
}

function lowest(ceilings: readonly TokenPrice[]): TokenPrice {
  const combined: { -readonly [K in keyof TokenPrice]?: number } = {}
  for (const kind of PRICE_KINDS) {
    const present = ceilings.map(ceiling => ceiling[kind]).filter(most => most !== undefined)
    if (present.length > 0) combined[kind] = Math.min(...present)
  }
  return combined
}

type PolicyRule = PolicyBreach['rule']

function brokenRule(endpoint: Endpoint, policy: Policy): PolicyRule | undefined {
  const { dataPolicy, provider, price } = endpoint
  const { retention, training, region } = dataPolicy
  if (policy.zdr && retention !== 'none') return 'zdr'
  if (policy.training === 'deny' && training !== false) return 'training'
  if (policy.regions && !(region !== undefined && policy.regions.includes(region))) return 'region'
  if (policy.denyProviders?.includes(provider)) return 'deny-provider'
  if (policy.allowProviders && !policy.allowProviders.includes(provider)) return 'allow-provider'
  const rule = brokenByModel(endpoint, policy)
  if (rule) return rule
  return policy.maxPrice && !price?.free && isDearer(price ?? {}, policy.maxPrice) ? 'max-price' : undefined
}

function brokenByModel({ id, model, abilities }: Endpoint, policy: Policy): PolicyRule | undefined {
  if (policy.denyModels?.includes(model)) return 'deny-model'
  if (policy.allowModels && !policy.allowModels.some(name => name === model || name === id)) return 'allow-model'
  if (policy.denyAuthors?.includes(authorOf(model))) return 'deny-author'
  if (policy.allowAuthors && !policy.allowAuthors.includes(authorOf(model))) return 'allow-author'
  if (!policy.abilities) return undefined
  const needed = abilityBits(policy.abilities)
  return (heldBits(abilities) & needed) === needed ? undefined : 'ability'
}

function authorOf(model: string): string {
  return model.slice(0, model.indexOf('/'))
}

/** Written out kind by kind: it runs for every endpoint in every plan. */
function isDearer(price: TokenPrice, ceiling: TokenPrice): boolean {
  return (
    isAbove(price.input, ceiling.input) ||
    isAbove(price.output, ceiling.output) ||
    isAbove(price.cachedInput, ceiling.cachedInput) ||
    isAbove(price.cacheWrite, ceiling.cacheWrite) ||
    isAbove(price.cacheWriteHour, ceiling.cacheWriteHour) ||
    isAbove(price.reasoning, ceiling.reasoning)
  )
}

function isAbove(price: number | undefined, most: number | undefined): boolean {
  return most !== undefined && (price === undefined || price > most)
}

function breachWords(
  endpoint: Endpoint,
  policy: Policy,
  rule: PolicyRule,
): { readonly found: string; readonly allowed: string } {
  const { retention, training, region } = endpoint.dataPolicy
  switch (rule) {
    case 'zdr':
      return { found: retention ?? 'unknown', allowed: 'none' }
    case 'training':
      return { found: training === undefined ? 'unknown' : 'trains', allowed: 'does not train' }
    case 'region':
      return { found: region ?? 'unknown', allowed: (policy.regions ?? []).join(', ') }
    case 'deny-provider':
      return { found: endpoint.provider, allowed: `not ${(policy.denyProviders ?? []).join(', ')}` }
    case 'allow-provider':
      return { found: endpoint.provider, allowed: (policy.allowProviders ?? []).join(', ') }
    case 'deny-model':
      return { found: endpoint.model, allowed: `not ${(policy.denyModels ?? []).join(', ')}` }
    case 'allow-model':
      return { found: endpoint.model, allowed: (policy.allowModels ?? []).join(', ') }
    case 'deny-author':
      return { found: authorOf(endpoint.model), allowed: `not ${(policy.denyAuthors ?? []).join(', ')}` }
    case 'allow-author':
      return { found: authorOf(endpoint.model), allowed: (policy.allowAuthors ?? []).join(', ') }
    case 'ability':
      return {
        found: endpoint.abilities.join(', ') || 'none',
        allowed: `all of ${(policy.abilities ?? []).join(', ')}`,
      }
    case 'max-price':
      return priceWords(endpoint.price ?? {}, policy.maxPrice ?? {})
  }
}

const PRICE_KINDS = ['input', 'cachedInput', 'cacheWrite', 'cacheWriteHour', 'output', 'reasoning'] as const

/** Every kind that is too dear or unknown. */
function priceWords(price: TokenPrice, ceiling: TokenPrice): { readonly found: string; readonly allowed: string } {
  const kinds = PRICE_KINDS.filter(kind => isAbove(price[kind], ceiling[kind]))
  return {
    found: kinds.map(kind => `${kind} ${price[kind] ?? 'unknown'}`).join(', '),
    allowed: kinds.map(kind => `${kind} <= ${ceiling[kind]}`).join(', '),
  }
}
