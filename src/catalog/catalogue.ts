/**
 * Every model that is known without being configured, at every provider that is known to serve it.
 *
 * @module
 */
import { createRequire } from 'node:module'
import type { Protocol } from '../core/endpoints.ts'
import { type CatalogueEndpoint, endpointsOf } from './catalogue-endpoint.ts'
import { type Authors, authorsOf, namesOf } from './model-names.ts'
import { type ListPrice, listPrice } from './prices/list-price.ts'
import { type PriceDifference, priceDifferences } from './prices/price-differences.ts'
import { protocolOf } from './protocols.ts'
import { readSnapshot, type Snapshot, type SnapshotProvider } from './snapshot.ts'

/** A provider that needs no more configuration than its name. */
export interface KnownProvider {
  readonly id: string
  readonly title: string
  readonly protocol: Protocol
  /** The npm package that speaks the protocol. */
  readonly package: string
  /** May hold `${VARIABLE}` marks, e.g. for an account id. Absent: the package knows it. */
  readonly baseUrl?: string
  /** Environment variables that hold a credential; any one of them suffices. */
  readonly keyVariables: readonly string[]
  readonly documentation: string
}

export interface Catalogue {
  /** The versions of both sources. */
  readonly version: string
  readonly providerIds: readonly string[]
  provider(id: string): KnownProvider | undefined
  /** All endpoints of a known provider, those included that a configuration would leave out. Built anew at each call. */
  endpointsOf(providerId: string): readonly CatalogueEndpoint[]
  /** The known providers that serve a model, its author first. */
  providersOf(model: string): readonly string[]
  /** The list price of a model that the snapshot may not know yet. */
  priceOf(providerId: string, upstream: string): ListPrice
  /** Endpoints where `@pydantic/genai-prices` and models.dev differ in a kind that both name. */
  priceDifferences(): readonly PriceDifference[]
}

export interface CatalogueOptions {
  /** Some prices change on announced dates; those of this moment are taken. @defaultValue now */
  readonly pricesAt?: Date
}

/**
 * Reads the package's catalogue. About 20 ms, after some 30 ms for loading the price package: providers are turned into
 * endpoints and priced when they are asked for.
 */
export function loadCatalogue({ pricesAt = new Date() }: CatalogueOptions = {}): Catalogue {
  const snapshot = readSnapshot()
  const authors = authorsOf(snapshot)
  return {
    version: `models.dev@${snapshot.date} genai-prices@${pricePackageVersion()}`,
    providerIds: Object.keys(snapshot.providers),
    provider: id => {
      const provider = own(snapshot, id)
      return provider && knownProvider(id, provider)
    },
    endpointsOf: id => {
      const provider = own(snapshot, id)
      return provider ? endpointsOf(id, provider, authors, pricesAt) : []
    },
    providersOf: model => providersOf(model, snapshot, authors),
    priceOf: (id, upstream) => listPrice(id, upstream, own(snapshot, id)?.models[upstream]?.cost, pricesAt),
    priceDifferences: () => priceDifferences(snapshot, authors, pricesAt),
  }
}

function providersOf(model: string, snapshot: Snapshot, authors: Authors): readonly string[] {
  const author = model.slice(0, model.indexOf('/'))
  const ids = Object.keys(snapshot.providers).filter(id =>
    [...namesOf(id, snapshot.providers[id]!, authors).values()].includes(model),
  )
  return ids.includes(author) ? [author, ...ids.filter(id => id !== author)] : ids
}

function own(snapshot: Snapshot, id: string): SnapshotProvider | undefined {
  return Object.hasOwn(snapshot.providers, id) ? snapshot.providers[id] : undefined
}

/** Not exported by the package: read from its manifest beside the file that Node would load. */
function pricePackageVersion(): string {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@pydantic/genai-prices')
  const manifest = require(entry.replace(/dist[\\/][^\\/]+$/, 'package.json')) as { version: string }
  return manifest.version
}

function knownProvider(id: string, provider: SnapshotProvider): KnownProvider {
  return {
    id,
    title: provider.name,
    ...protocolOf(provider.npm, provider.api),
    ...(provider.api === undefined ? {} : { baseUrl: provider.api }),
    keyVariables: provider.env.filter(name => /(KEY|KEY_ID|TOKEN|TOKEN_BEDROCK|PAT|CREDENTIALS)$/.test(name)),
    documentation: provider.doc,
  }
}
