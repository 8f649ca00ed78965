/**
 * Every model that is known without being configured, at every provider that is known to serve it.
 *
 * @module
 */
import { createRequire } from 'node:module'
import { authorOf } from '../core/endpoint-id.ts'
import type { Protocol } from '../core/endpoints.ts'
import { addressOf } from './addresses.ts'
import { type CatalogueEndpoint, endpointsOf, type NamedEndpoint, priceIn } from './catalogue-endpoint.ts'
import { type Authors, authorsOf, namesOf } from './model-names.ts'
import type { ListPrice } from './prices/list-price.ts'
import { type PriceDifference, priceDifferences } from './prices/price-differences.ts'
import { protocolOf, protocolOfModel } from './protocols.ts'
import { readSnapshot, type Snapshot, type SnapshotProvider } from './snapshot.ts'

/** A provider that needs no more configuration than its name. */
export interface KnownProvider {
  readonly id: string
  readonly title: string
  readonly protocol: Protocol
  /** The npm package that speaks the protocol. */
  readonly package: string
  /** The one that its list names, which may speak another protocol. */
  readonly listedPackage: string
  /** May hold `${VARIABLE}` marks, e.g. for an account id. Absent: the package knows it. */
  readonly baseUrl?: string
  /** Environment variables that hold a credential; any one of them suffices. */
  readonly keyVariables: readonly string[]
  /** Environment variables in which the package finds what its address is made of, such as a region. */
  readonly settingVariables: readonly string[]
}

export interface Catalogue {
  /** The versions of both sources. */
  readonly version: string
  readonly providerIds: readonly string[]
  provider(id: string): KnownProvider | undefined
  /** What a known provider speaks for a model, also for one that the snapshot does not know. */
  protocolOf(providerId: string, model: string): Protocol | undefined
  /** All endpoints of a known provider, those included that a configuration would leave out. Built at the first call. */
  endpointsOf(providerId: string): readonly CatalogueEndpoint[]
  /** The wanted ones of all endpoints of a known provider; the others are not priced. Built anew at each call. */
  endpointsWanted(providerId: string, isWanted: (named: NamedEndpoint) => boolean): readonly CatalogueEndpoint[]
  /** What all its models are called, each once. */
  modelNames(): Iterable<string>
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
  /** An imported file, which stands in place of the shipped snapshot. */
  readonly imported?: string
  /** @defaultValue read from the file */
  readonly snapshot?: Snapshot
}

/**
 * Reads the package's catalogue. About 20 ms, after some 30 ms for loading the price package: providers are turned into
 * endpoints and priced when they are asked for.
 */
export function loadCatalogue({ pricesAt = new Date(), imported, snapshot: given }: CatalogueOptions = {}): Catalogue {
  const snapshot = given ?? readSnapshot(imported)
  const authors = authorsOf(snapshot)
  const endpoints = new Map<string, readonly CatalogueEndpoint[]>()
  const wanted: Catalogue['endpointsWanted'] = (id, isWanted) => {
    const provider = own(snapshot, id)
    return provider ? endpointsOf(id, provider, { authors, at: pricesAt, isWanted }) : []
  }
  let servers: ReadonlyMap<string, readonly string[]> | undefined
  const byModel = () => {
    servers ??= serversOf(snapshot, authors)
    return servers
  }
  return {
    version: `${snapshotVersion(snapshot)} genai-prices@${pricePackageVersion()}`,
    providerIds: Object.keys(snapshot.providers),
    provider: id => {
      const provider = own(snapshot, id)
      return provider && knownProvider(id, provider)
    },
    protocolOf: (id, model) => {
      const provider = own(snapshot, id)
      return provider && protocolOfModel(id, knownProvider(id, provider).protocol, model)
    },
    endpointsOf: id => {
      const built = endpoints.get(id) ?? wanted(id, () => true)
      endpoints.set(id, built)
      return built
    },
    endpointsWanted: wanted,
    modelNames: () => byModel().keys(),
    providersOf: model => authorFirst(model, byModel().get(model) ?? []),
    priceOf: (id, upstream) => priceIn(own(snapshot, id), id, upstream, pricesAt),
    priceDifferences: () => priceDifferences(snapshot, authors, pricesAt),
  }
}

/** By each model's name, the providers that serve it. */
function serversOf({ providers }: Snapshot, authors: Authors): ReadonlyMap<string, readonly string[]> {
  const servers = new Map<string, string[]>()
  for (const [id, provider] of Object.entries(providers))
    for (const name of namesOf(id, provider, authors).values()) servers.set(name, [...(servers.get(name) ?? []), id])
  return servers
}

function authorFirst(model: string, ids: readonly string[]): readonly string[] {
  const author = authorOf(model)
  return ids.includes(author) ? [author, ...ids.filter(id => id !== author)] : ids
}

function own(snapshot: Snapshot, id: string): SnapshotProvider | undefined {
  return Object.hasOwn(snapshot.providers, id) ? snapshot.providers[id] : undefined
}

/** `models.dev@2026-07-02`; of an imported one with its digest, and the providers whose lists are of another day. */
function snapshotVersion({ date, digest, providers }: Snapshot): string {
  const others = Object.entries(providers).flatMap(([id, { listedOn }]) =>
    listedOn === undefined || listedOn === date ? [] : [`${id}@${listedOn}`],
  )
  return [`models.dev@${date}`, ...others].join(' ') + (digest === undefined ? '' : ` import@${digest}`)
}

/** Not exported by the package: read from its manifest beside the file that Node would load. */
function pricePackageVersion(): string {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@pydantic/genai-prices')
  const manifest = require(entry.replace(/dist[\\/][^\\/]+$/, 'package.json')) as { version: string }
  return manifest.version
}

function knownProvider(id: string, provider: SnapshotProvider): KnownProvider {
  const address = addressOf(id, provider)
  const isKey = (name: string) => /(KEY|KEY_ID|TOKEN|TOKEN_BEDROCK|PAT|CREDENTIALS)$/.test(name)
  return {
    id,
    title: provider.name,
    ...protocolOf(provider.npm, address),
    listedPackage: provider.npm,
    ...(address === undefined ? {} : { baseUrl: address }),
    keyVariables: provider.env.filter(isKey),
    settingVariables: address === undefined ? provider.env.filter(name => !isKey(name)) : [],
  }
}
