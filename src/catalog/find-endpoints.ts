/**
 * Looking through everything that is known, for `signalbox models`.
 *
 * @module
 */
import { endpointBits, missingAbility } from '../core/abilities.ts'
import type { Ability } from '../core/endpoints.ts'
import type { Policy } from '../core/policy/policy.ts'
import { policyBreach } from '../core/policy/policy-breach.ts'
import type { Catalogue } from './catalogue.ts'
import type { CatalogueEndpoint, NamedEndpoint } from './catalogue-endpoint.ts'

/** Every field narrows the list; an absent one does not. Unknown prices and windows fail a bound on them. */
export interface EndpointFilter {
  /** Words that must all occur in the endpoint's id, wire id or title; case does not count. */
  readonly text?: string
  readonly provider?: string
  /** Of the model, e.g. `anthropic`. */
  readonly author?: string
  readonly abilities?: readonly Ability[]
  /** USD per million tokens. */
  readonly maxInputPrice?: number
  readonly maxOutputPrice?: number
  /** The least context window, in tokens. */
  readonly contextWindow?: number
  /** What is known of its data policy must satisfy these rules; the unknown does not. */
  readonly policy?: Pick<Policy, 'zdr' | 'training' | 'regions'>
  /** Also what is deprecated or does not answer text with text. @defaultValue false */
  readonly all?: boolean
  /** @defaultValue 'price' */
  readonly sort?: 'price' | 'window' | 'release' | 'name'
}

/**
 * The endpoints that pass the filter, sorted: `price` cheapest first (input and output added, unknown last), `window`
 * largest first, `release` newest first, `name` by id. Ties go by id.
 */
export function findEndpoints(catalogue: Catalogue, filter: EndpointFilter = {}): readonly CatalogueEndpoint[] {
  const providers = filter.provider === undefined ? catalogue.providerIds : [filter.provider]
  const isWanted = nameTest(filter)
  return sift(
    providers.flatMap(provider => catalogue.endpointsWanted(provider, isWanted)),
    filter,
  )
}

/** {@link findEndpoints} among endpoints that were looked up before. */
export function sift(
  endpoints: readonly CatalogueEndpoint[],
  filter: EndpointFilter = {},
): readonly CatalogueEndpoint[] {
  const isWanted = nameTest(filter)
  const order = ORDERS[filter.sort ?? 'price']
  return endpoints
    .filter(endpoint => isWanted(endpoint) && isWithin(endpoint, filter))
    .sort((a, b) => order(a, b) || byName(a, b))
}

/** What a filter asks of an endpoint's name, and whether it may be one that is not offered. */
function nameTest({ all, author, text = '' }: EndpointFilter): (named: NamedEndpoint) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return named =>
    (all || named.offered) && (author === undefined || named.model.startsWith(`${author}/`)) && hasWords(named, words)
}

function hasWords({ id, upstream, title }: NamedEndpoint, words: readonly string[]): boolean {
  const text = `${id} ${upstream} ${title}`.toLowerCase()
  return words.every(word => text.includes(word))
}

function isWithin(endpoint: CatalogueEndpoint, filter: EndpointFilter): boolean {
  const { abilities, price, contextWindow, provider } = endpoint
  if (filter.provider !== undefined && provider !== filter.provider) return false
  if (filter.policy && policyBreach(endpoint, [{ level: 'global', policy: filter.policy }])) return false
  if (!price?.free && (!atMost(price?.input, filter.maxInputPrice) || !atMost(price?.output, filter.maxOutputPrice)))
    return false
  if (filter.contextWindow !== undefined && (contextWindow ?? 0) < filter.contextWindow) return false
  return missingAbility(endpointBits(abilities), filter.abilities) === undefined
}

function atMost(price: number | undefined, ceiling: number | undefined): boolean {
  return ceiling === undefined || (price !== undefined && price <= ceiling)
}

type Order = (a: CatalogueEndpoint, b: CatalogueEndpoint) => number

const byName: Order = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

const ORDERS: Readonly<Record<NonNullable<EndpointFilter['sort']>, Order>> = {
  price: (a, b) => compare(total(a), total(b)),
  window: (a, b) => (b.contextWindow ?? 0) - (a.contextWindow ?? 0),
  release: (a, b) => {
    const [first, second] = [a.releaseDate ?? '', b.releaseDate ?? '']
    return first < second ? 1 : first > second ? -1 : 0
  },
  name: byName,
}

function total({ price }: CatalogueEndpoint): number {
  if (price?.free) return 0
  return price?.input === undefined || price.output === undefined ? Infinity : price.input + price.output
}

/** Two unknown prices are equal; their difference would be NaN. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}
