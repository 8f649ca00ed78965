/**
 * Policies: which endpoints may see a prompt. Several levels combine so that a lower one can only tighten.
 *
 * @module
 */
import { abilityBits, endpointBits } from '../abilities.ts'
import type { ContentRule } from '../content/content-rule.ts'
import { readDuration } from '../durations.ts'
import { authorOf, modelIn, providerIn } from '../endpoint-id.ts'
import type { Ability, Endpoint, TokenPrice } from '../endpoints.ts'
import { dearestPrice, isDearer, lowest } from './price-ceiling.ts'

/** Where a policy was written; the order is from the outermost to the innermost. */
export type PolicyLevel = 'global' | 'workspace' | 'key' | 'class' | 'run' | 'call'

/** A data policy. An absent field is no restriction. */
export interface Policy {
  /** Only endpoints that keep nothing. A list applies only to the models of these authors, and seals no run. */
  readonly zdr?: boolean | readonly string[]
  /** The longest time that an endpoint may keep what it is sent, in milliseconds. Endpoints of unknown retention are excluded. */
  readonly maxRetentionMs?: number
  /** `deny`: only endpoints that are known not to train on what they are sent. */
  readonly training?: 'allow' | 'deny'
  /** Only these regions. Endpoints of unknown region are excluded. */
  readonly regions?: readonly string[]
  readonly denyProviders?: readonly string[]
  readonly allowProviders?: readonly string[]
  /** Models as `author/name`. */
  readonly denyModels?: readonly string[]
  /** Only these models: `author/name`, or one endpoint's id. */
  readonly allowModels?: readonly string[]
  /** The part of a model's name before the slash. */
  readonly denyAuthors?: readonly string[]
  readonly allowAuthors?: readonly string[]
  /** Only endpoints with all of these. */
  readonly abilities?: readonly Ability[]
  /** Ceilings in USD per million tokens. Endpoints with an unknown price of a named kind are excluded. */
  readonly maxPrice?: TokenPrice
  /** What a prompt may not contain, or only in altered form. The rules of all levels apply, the outermost first. */
  readonly content?: readonly ContentRule[]
  /**
   * How long a run's content is kept after its end, in milliseconds; 0: until its outcome was read. The shortest time of the global policy,
   * the workspace's and the run's own applies. Those of a class or a call are ignored.
   */
  readonly retentionMs?: number
}

/** One level's policy and where it comes from, so that a rejection can name it. */
export interface PolicyAt {
  readonly level: PolicyLevel
  readonly policy: Policy
  /** Set if it binds only this provider's endpoints, as a policy of its key does. */
  readonly provider?: string
  /** The content rule that keeps this call from going there. */
  readonly blockedBy?: string
}

/** The rule that forbids an endpoint. `found` is what the endpoint has, as text, or `unknown`. */
export interface PolicyBreach {
  readonly rule:
    | 'zdr'
    | 'retention'
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
    | 'content'
  readonly level: PolicyLevel
  readonly found: string
  readonly allowed: string
}

/** Whether the policy is meant for this endpoint: some are for the endpoints of one provider only. */
export function binds({ provider }: PolicyAt, endpoint: Endpoint): boolean {
  return provider === undefined || provider === endpoint.provider
}

/** Whether the vendor must keep nothing of a request to this endpoint: zero data retention is demanded of all models or of its author's. */
export function asksForZdr(endpoint: Endpoint, policies: readonly PolicyAt[]): boolean {
  return policies.some(each => binds(each, endpoint) && bindsAuthor(each.policy.zdr, endpoint.model))
}

/** Whether a policy admits the endpoint. */
export function admits(policy: Policy, endpoint: Endpoint): boolean {
  return brokenRule(endpoint, policy) === undefined
}

/**
 * One policy that admits exactly the endpoints that all of the given ones admit. Demands combine by OR, lists that deny by union, lists
 * that allow by intersection, ceilings by the lowest. The result has no levels and no content rules, and ignores which provider a policy
 * binds.
 */
export function combinePolicies(policies: readonly PolicyAt[]): Policy {
  const each = policies.map(({ policy }) => policy)
  const ceilings = each.flatMap(({ maxPrice }) => maxPrice ?? [])
  const kept = each.flatMap(({ maxRetentionMs }) => maxRetentionMs ?? [])
  return {
    zdr: eitherZdr(each.map(({ zdr }) => zdr)),
    ...(kept.length > 0 && { maxRetentionMs: Math.min(...kept) }),
    training: each.some(({ training }) => training === 'deny') ? 'deny' : 'allow',
    regions: intersection(each.map(({ regions }) => regions)),
    denyProviders: union(each.map(({ denyProviders }) => denyProviders)),
    allowProviders: intersection(each.map(({ allowProviders }) => allowProviders)),
    denyModels: union(each.map(({ denyModels }) => denyModels)),
    allowModels: commonModels(each.map(({ allowModels }) => allowModels)),
    denyAuthors: union(each.map(({ denyAuthors }) => denyAuthors)),
    allowAuthors: intersection(each.map(({ allowAuthors }) => allowAuthors)),
    abilities: union(each.map(({ abilities }) => abilities)),
    ...(ceilings.length > 0 && { maxPrice: lowest(ceilings) }),
  }
}

/** `true` if one of them demands it of all models; else all authors that are named. */
export function eitherZdr(asked: readonly Policy['zdr'][]): Policy['zdr'] {
  const lists = asked.filter(each => Array.isArray(each))
  if (asked.some(each => each && !Array.isArray(each))) return true
  return lists.length > 0 ? [...new Set(lists.flat())] : undefined
}

/** All words of all lists; `undefined` if there are none. */
function union<Word extends string>(lists: readonly (readonly Word[] | undefined)[]): readonly Word[] | undefined {
  const words = lists.flatMap(list => list ?? [])
  return words.length > 0 ? words : undefined
}

/** What all lists have in common; an absent list allows everything. */
function intersection(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const present = lists.filter(list => list !== undefined)
  return present[0]?.filter(each => present.every(list => list.includes(each)))
}

/** The same of `allowModels`: one list may have a model's name, and another the id of one endpoint of it, which is then in both. */
export function commonModels(lists: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const present = lists.filter(list => list !== undefined)
  if (present.length === 0) return undefined
  const names = [...new Set(present.flat())]
  return names.filter(name =>
    present.every(list => list.includes(name) || (isId(name) && list.includes(modelIn(name)))),
  )
}

/** Of an endpoint. A model's name may have a colon too, behind its author: `qwen/qwen3:free`. */
function isId(name: string): boolean {
  return name.includes(':') && !providerIn(name).includes('/')
}

export type PolicyRule = Exclude<PolicyBreach['rule'], 'content'>

/** The first rule that the endpoint breaks. */
export function brokenRule(endpoint: Endpoint, policy: Policy): PolicyRule | undefined {
  const { dataPolicy, provider, price } = endpoint
  const { retention, training, region } = dataPolicy
  if (retention !== 'none' && bindsAuthor(policy.zdr, endpoint.model)) return 'zdr'
  if (policy.maxRetentionMs !== undefined && !((retentionMs(retention) ?? Infinity) <= policy.maxRetentionMs))
    return 'retention'
  if (policy.training === 'deny' && training !== false) return 'training'
  if (policy.regions && !(region !== undefined && policy.regions.includes(region))) return 'region'
  if (policy.denyProviders?.includes(provider)) return 'deny-provider'
  if (policy.allowProviders && !policy.allowProviders.includes(provider)) return 'allow-provider'
  const rule = brokenByModel(endpoint, policy)
  if (rule) return rule
  return policy.maxPrice && !price?.free && isDearer(dearestPrice(endpoint), policy.maxPrice) ? 'max-price' : undefined
}

function brokenByModel({ id, model, abilities }: Endpoint, policy: Policy): PolicyRule | undefined {
  if (policy.denyModels?.includes(model)) return 'deny-model'
  if (policy.allowModels && !policy.allowModels.some(name => name === model || name === id)) return 'allow-model'
  if (policy.denyAuthors?.includes(authorOf(model))) return 'deny-author'
  if (policy.allowAuthors && !policy.allowAuthors.includes(authorOf(model))) return 'allow-author'
  if (!policy.abilities) return undefined
  const needed = abilityBits(policy.abilities)
  return (endpointBits(abilities) & needed) === needed ? undefined : 'ability'
}

/** Whether zero data retention is demanded of this model: a list demands it of these authors' models, `true` of all. */
function bindsAuthor(zdr: Policy['zdr'], model: string): boolean {
  return Array.isArray(zdr) ? zdr.includes(authorOf(model)) : Boolean(zdr)
}

/** Reads `none`, `24h`, `30d` or `unlimited`; `undefined` if it is unknown. */
function retentionMs(retention: string | undefined): number | undefined {
  if (retention === undefined) return undefined
  return retention === 'none' ? 0 : (readDuration(retention) ?? Number.POSITIVE_INFINITY)
}
