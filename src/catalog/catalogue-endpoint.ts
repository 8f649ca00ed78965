/**
 * Snapshot entries as endpoints.
 *
 * @module
 */
import type { Ability, Endpoint, Price, Protocol } from '../core/endpoints.ts'
import { addressOf } from './addresses.ts'
import { type Authors, namesOf } from './model-names.ts'
import { importedPrice, type ListPrice, listPrice, type PriceSource } from './prices/list-price.ts'
import { protocolOf, protocolOfModel } from './protocols.ts'
import type { SnapshotModel, SnapshotProvider } from './snapshot.ts'

/** An endpoint as the lists have it, with what people look models up by. */
export interface CatalogueEndpoint extends Endpoint {
  /** The model's name for people, e.g. `Claude Haiku 4.5`. */
  readonly title: string
  /** `undefined` of endpoints that only the configuration knows. */
  readonly releaseDate?: string
  readonly status?: 'alpha' | 'beta' | 'deprecated'
  readonly priceSource?: PriceSource
  /** The vendor's price depends on the hour; `price` is that of the dearest. */
  readonly hourly?: boolean
  /** Answers text with nothing but text, and is not deprecated: fit for a class that names no models. */
  readonly offered: boolean
}

/** What an endpoint is called, and whether it is offered: known before its price is looked up, which takes longest. */
export type NamedEndpoint = Pick<CatalogueEndpoint, 'id' | 'model' | 'upstream' | 'title' | 'offered'>

/** Those endpoints of a provider of the snapshot that are wanted, priced as of `at`. */
export function endpointsOf(
  id: string,
  provider: SnapshotProvider,
  { authors, at, isWanted }: { authors: Authors; at: Date; isWanted: (named: NamedEndpoint) => boolean },
): CatalogueEndpoint[] {
  const { protocol: usual } = protocolOf(provider.npm, addressOf(id, provider))
  const endpoints: CatalogueEndpoint[] = []
  for (const [upstream, model] of namesOf(id, provider, authors)) {
    const entry = provider.models[upstream]!
    const named = { id: `${id}:${model}`, model, upstream, title: entry.name, offered: isOffered(upstream, entry) }
    if (!isWanted(named)) continue
    const protocol = protocolOfModel(id, usual, model)
    const list = priceIn(provider, id, upstream, at)
    endpoints.push(endpointOf({ provider: id, protocol, named, entry, list }))
  }
  return endpoints
}

/** The list price of a model that the provider's entries may not have. */
export function priceIn(provider: SnapshotProvider | undefined, id: string, upstream: string, at: Date): ListPrice {
  const entry = provider && Object.hasOwn(provider.models, upstream) ? provider.models[upstream] : undefined
  const price = (entry?.listedOn ?? provider?.listedOn) === undefined ? listPrice : importedPrice
  return price(id, upstream, entry?.cost, at)
}

interface Listed {
  readonly provider: string
  readonly protocol: Protocol
  readonly named: NamedEndpoint
  readonly entry: SnapshotModel
  readonly list: ListPrice
}

function endpointOf({ provider, protocol, named, entry, list }: Listed): CatalogueEndpoint {
  const { price, source, hourly } = list
  const { id, model, upstream, title, offered } = named
  const { context, input, output } = entry.limit
  return {
    id,
    provider,
    model,
    upstream,
    protocol,
    ...(context ? { contextWindow: context } : {}),
    ...(input ? { maxInput: input } : {}),
    ...(output ? { maxOutput: output } : {}),
    abilities: abilitiesOf(entry, price, protocol),
    ...(price ? { price } : {}),
    dataPolicy: {},
    title,
    releaseDate: entry.release_date,
    ...(entry.status ? { status: entry.status } : {}),
    ...(source ? { priceSource: source } : {}),
    ...(hourly ? { hourly } : {}),
    offered,
  }
}

function isOffered(upstream: string, entry: SnapshotModel): boolean {
  return entry.status !== 'deprecated' && answersText(upstream, entry)
}

/**
 * What the snapshot says, and what it does not know: the package that speaks Anthropic's messages asks every model with tools for a
 * shape, by the vendor's own means where the model has them and through a tool where it has not.
 */
function abilitiesOf(entry: SnapshotModel, price: Price | undefined, protocol: Protocol): readonly Ability[] {
  const shaped = entry.structured_output === true || (protocol === 'anthropic' && entry.tool_call)
  const has: Readonly<Record<Ability, boolean>> = {
    tools: entry.tool_call,
    'json-schema': shaped,
    'json-object': shaped,
    images: entry.modalities.input.includes('image'),
    reasoning: entry.reasoning,
    cache: price?.cachedInput !== undefined,
  }
  return (Object.keys(has) as Ability[]).filter(ability => has[ability])
}

/** The snapshot gives text as the output of embedders, transcribers and guards too: only their names tell them apart. */
const NOT_FOR_CHAT = /embed|rerank|whisper|tts|transcri|moderation|\bocr\b|guard|safety|realtime|voice|speech/i

function answersText(upstream: string, { family = '', limit, modalities }: SnapshotModel): boolean {
  // A model that also draws or speaks bills that output at another price, which no count of ours tells apart.
  const text = modalities.input.includes('text') && modalities.output.join() === 'text'
  return text && limit.context > 0 && !NOT_FOR_CHAT.test(`${upstream} ${family}`)
}
