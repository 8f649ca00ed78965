/**
 * The endpoints of one provider: what the catalogue lists, with the configuration's word above it.
 *
 * @module
 */
import { definedOnly } from '../../../core/defined-only.ts'
import type { DataPolicy, Endpoint, Price, Protocol } from '../../../core/endpoints.ts'
import type { CatalogueEndpoint } from '../../catalogue-endpoint.ts'
import { asAskedFrom, idInArn, leadsOutOf } from '../../inference-profiles.ts'
import type { ModelShape, ProviderShape } from '../shape/shape.ts'
import type { Problem } from '../text/problem.ts'
import { batchesAt } from './batches.ts'
import { amazonsRegion } from './declared-region.ts'
import { duplicate, isCalled, outputProblems, unlikeProblems } from './model-problems.ts'
import type { ProviderSource } from './provider-source.ts'

/** An endpoint, and whether a class that names no models may use it. */
export interface Offer {
  readonly endpoint: Endpoint
  readonly offered: boolean
  /** The list's price depends on the hour. */
  readonly hourly: boolean
}

export interface EndpointsSource extends ProviderSource {
  /** The protocol of an endpoint, unless the file or the catalogue names another one for it. */
  readonly protocol: Protocol
}

export function resolveEndpoints(source: EndpointsSource): {
  offers: readonly Offer[]
  problems: readonly Problem[]
} {
  const plain = source.catalogue.endpointsOf(source.vendor)
  const { dataPolicy, baseURL = '' } = source.shape
  const asked = asAskedFrom(amazonsRegion(baseURL) ?? source.env.AWS_REGION, source.vendor, plain)
  // A profile may run the prompt in any region of its part of the world.
  const listedUnder = (own?: DataPolicy) => (isOneRegion(dataPolicyOf(dataPolicy, own)) ? plain : asked)
  const problems: Problem[] = []
  const offers: Offer[] = []
  const configured = new Map<string, Offer>()
  for (const [model, shape] of Object.entries(source.shape.models ?? {})) {
    if (!isModelName(model)) {
      problems.push(source.problem(['models', model], WRONG_NAME))
      continue
    }
    const offer = configure(
      model,
      shape,
      entryOf(model, shape, { plain, asked: listedUnder(shape.dataPolicy) }, source.vendor),
      source,
    )
    const twin = configured.get(offer.endpoint.upstream)
    if (twin) problems.push(duplicate(model, twin.endpoint, source))
    problems.push(
      ...outputProblems(model, shape, offer.endpoint, source),
      ...unlikeProblems(model, shape, plain, source),
    )
    // A twin too: a class that names it has no problem of its own.
    offers.push(offer)
    configured.set(offer.endpoint.upstream, offer)
  }
  const { models = {} } = source.shape
  const rest = listedUnder()
    .filter(({ upstream, model }) => !configured.has(upstream) && !Object.hasOwn(models, model))
    .map(entry => takeOver(entry, source))
  return { offers: [...offers, ...rest], problems }
}

/** `author/name`. */
export function isModelName(text: string): boolean {
  return /^[^\s/]+\/\S+$/.test(text)
}

/** As clouds call one: `eu-central-1`, and not `eu`. */
function isOneRegion({ region = '' }: DataPolicy): boolean {
  return /-\d$/.test(region)
}

/** An endpoint of the catalogue that the file does not mention. */
function takeOver(entry: CatalogueEndpoint, source: EndpointsSource): Offer {
  const { name, vendor, shape } = source
  const { title: _, releaseDate: __, status: ___, priceSource: ____, offered, hourly, ...endpoint } = entry
  return {
    endpoint: {
      ...endpoint,
      id: `${name}:${entry.model}`,
      provider: name,
      protocol: shape.protocol ?? endpoint.protocol,
      ...termsOf({}, shape),
      ...batchesAt(shape.protocol ?? endpoint.protocol, source),
      dataPolicy: dataPolicyOf(inRegion(vendor, entry.upstream, shape.dataPolicy)),
    },
    offered,
    hourly: hourly === true,
  }
}

/** The models of a provider: as they are listed, and by the profiles by which they are asked. */
interface Listed {
  readonly plain: readonly CatalogueEndpoint[]
  readonly asked: readonly CatalogueEndpoint[]
}

/** There users name what is asked, and a deployment `gpt-4o` may have become another model. */
const DEPLOYMENTS = /^azure/

/** What the catalogue has of a model of a vendor: whoever names an id that it lists means that one, and else the model. */
export function entryOf(
  model: string,
  { upstream, like }: Pick<ModelShape, 'upstream' | 'like'>,
  { plain, asked }: Listed,
  vendor: string,
): CatalogueEndpoint | undefined {
  const named = upstream === undefined ? undefined : idInArn(upstream)
  const byId = plain.find(other => other.upstream === named)
  const byName = asked.find(isCalled(like ?? model))
  return DEPLOYMENTS.test(vendor) ? (byName ?? byId) : (byId ?? byName)
}

function configure(
  model: string,
  shape: ModelShape,
  entry: CatalogueEndpoint | undefined,
  source: EndpointsSource,
): Offer {
  const { name, vendor, catalogue, shape: provider } = source
  const { like } = shape
  const own = model.slice(model.indexOf('/') + 1)
  const upstream = shape.upstream ?? (like === undefined ? entry?.upstream : undefined) ?? own
  const protocol =
    provider.protocol ?? entry?.protocol ?? catalogue.protocolOf(vendor, like ?? model) ?? source.protocol
  const list = listPriceOf(upstream, entry, source)
  const price = ownPrice(shape) ?? list.price
  const endpoint: Endpoint = {
    id: `${name}:${model}`,
    provider: name,
    model,
    upstream,
    ...(like === undefined ? {} : { like: entry?.model ?? like }),
    protocol,
    ...(isModelOfItsOwn(upstream, entry) ? {} : limitsOf(entry)),
    ...limitsOf(shape),
    abilities: shape.abilities ?? entry?.abilities ?? [],
    ...(price ? { price } : {}),
    ...termsOf(shape, provider),
    ...batchesAt(protocol, source),
    dataPolicy: dataPolicyOf(inRegion(vendor, upstream, provider.dataPolicy), shape.dataPolicy),
  }
  return { endpoint, offered: true, hourly: price === list.price && list.hourly === true }
}

/** By its id on the wire, which the catalogue may not list; else, and where that may be any text, that of its model. */
function listPriceOf(
  upstream: string,
  entry: CatalogueEndpoint | undefined,
  { vendor, catalogue }: EndpointsSource,
): Pick<CatalogueEndpoint, 'price' | 'hourly'> {
  if (entry?.price && DEPLOYMENTS.test(vendor)) return entry
  const list = catalogue.priceOf(vendor, idInArn(upstream))
  return list.price || !entry || ON_OTHER_TERMS.test(upstream) ? list : entry
}

/** Fine-tuned, or a variant such as OpenRouter's `:online` and `:free`: at another price than the model itself. */
const ON_OTHER_TERMS = /^ft:|:[a-z]+$/

const ROUTED = ['nitro', 'floor', 'exacto', 'online']

/**
 * Whether it is a variant that no list has, such as `:free` or `:extended`, whose window may be another. Those that only say how OpenRouter
 * routes are the model itself: https://openrouter.ai/docs/guides/routing/model-variants/overview
 */
function isModelOfItsOwn(upstream: string, entry: CatalogueEndpoint | undefined): boolean {
  const [, suffix] = /^(?!ft:).*:([a-z]+)$/.exec(upstream) ?? []
  return suffix !== undefined && upstream !== entry?.upstream && !ROUTED.includes(suffix)
}

type Limits = Pick<Endpoint, 'contextWindow' | 'maxInput' | 'maxOutput'>

function limitsOf({ contextWindow, maxInput, maxOutput }: Limits = {}): Limits {
  return definedOnly({ contextWindow, maxInput, maxOutput })
}

/** A configured price replaces the list's as a whole: kinds of two origins would not belong together. */
function ownPrice({ price, free }: ModelShape): Price | undefined {
  if (free || price?.free) return { free: true }
  if (!price) return undefined
  const { free: _, tiers, ...kinds } = price
  return tiers ? { ...kinds, tiers: [...tiers].sort((a, b) => a.above - b.above) } : kinds
}

/** What the file says of a model, else of its provider. */
function termsOf(
  { unpriced, cacheTtl, limits }: Pick<ModelShape, 'unpriced' | 'cacheTtl' | 'limits'>,
  provider: ProviderShape,
): Pick<Endpoint, 'unpriced' | 'cacheTtlMs' | 'longestMs' | 'limits'> {
  return definedOnly({
    unpriced: (unpriced ?? provider.unpriced) === 'allow' ? ('allow' as const) : undefined,
    cacheTtlMs: cacheTtl ?? provider.cacheTtl,
    longestMs: provider.timeouts?.total,
    limits: ratesOf(limits, provider.limits),
  })
}

function ratesOf(own: ModelShape['limits'], provider: ProviderShape['limits']): Endpoint['limits'] {
  if (!own && !provider) return undefined
  return { ...(own && { own: definedOnly(own) }), ...(provider && { provider: definedOnly(provider) }) }
}

/** The data policy of a provider, without its region for a profile that leads elsewhere. */
function inRegion(vendor: string, upstream: string, dataPolicy: DataPolicy = {}): DataPolicy {
  const { region, ...others } = dataPolicy
  return region !== undefined && leadsOutOf(region, vendor, upstream) ? others : dataPolicy
}

function dataPolicyOf(...levels: readonly (DataPolicy | undefined)[]): DataPolicy {
  return Object.assign({}, ...levels)
}

const WRONG_NAME = { message: 'the name of the model is not valid', allowed: 'author/name' }
