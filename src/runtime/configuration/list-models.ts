/**
 * Endpoints of the catalogue or of a configuration, as `signalbox models` looks through them.
 *
 * @module
 */
import {
  type Catalogue,
  type CatalogueEndpoint,
  type Configuration,
  type EndpointFilter,
  entryOf,
  findEndpoints,
  sift,
} from '../../catalog/index.ts'
import { definedOnly } from '../../core/defined-only.ts'
import { authorOf } from '../../core/endpoint-id.ts'
import { didYouMean } from '../../core/words/did-you-mean.ts'
import { nearest } from '../../core/words/nearest.ts'
import { catalogueOfNamed } from './catalogue-for.ts'
import { loadConfiguration } from './configuration.ts'
import { ConfigurationProblem } from './configuration-problem.ts'

export type { CatalogueEndpoint, EndpointFilter }

export interface ModelList {
  readonly catalogVersion: string
  /** In the order asked for; those that the filter lets through. */
  readonly endpoints: readonly CatalogueEndpoint[]
}

export interface ModelsOptions {
  /** @defaultValue `signalbox.yaml`, which need not exist */
  readonly config?: string
  readonly env: NodeJS.ProcessEnv
  /** Only endpoints that the configuration has, with its prices, abilities and data policies. @defaultValue false */
  readonly configured?: boolean
}

/** @throws ConfigurationProblem for a provider or an author that nobody knows, a broken configuration or a damaged import. */
export async function listModels(filter: EndpointFilter, options: ModelsOptions): Promise<ModelList> {
  const { catalogue } = catalogueOfNamed(options.config, options.env)
  if (!options.configured) {
    knownName('provider', filter.provider, () => catalogue.providerIds, 'the catalogue')
    knownName('author', filter.author, () => authorsOf(catalogue.modelNames()), 'the catalogue')
    return { catalogVersion: catalogue.version, endpoints: findEndpoints(catalogue, filter) }
  }
  const configuration = await loadConfiguration(options.config, options.env, { catalogue })
  const { catalogVersion, endpoints } = configuration.directory
  const names = () => configuration.providers.map(({ name }) => name)
  knownName('provider', filter.provider, names, 'the configuration')
  const authors = () => authorsOf(endpoints.map(({ model }) => model))
  knownName('author', filter.author, authors, 'the configuration')
  return { catalogVersion, endpoints: sift(configuredEndpoints(configuration, catalogue), filter) }
}

/** With title and age where the catalogue knows the endpoint. */
function configuredEndpoints(
  { directory, providers }: Configuration,
  catalogue: Catalogue,
): readonly CatalogueEndpoint[] {
  const listed = new Map(
    providers.map(({ name, like: vendor = name }) => [name, { vendor, plain: catalogue.endpointsOf(vendor) }]),
  )
  return directory.endpoints.map(endpoint => {
    const { vendor, plain } = listed.get(endpoint.provider)!
    const entry = entryOf(endpoint.model, endpoint, { plain, asked: plain }, vendor)
    const { title = endpoint.model, releaseDate, status } = entry ?? {}
    return { ...endpoint, title, ...definedOnly({ releaseDate, status }), offered: true }
  })
}

function authorsOf(models: Iterable<string>): readonly string[] {
  return [...new Set([...models].map(authorOf))]
}

/** @param listKnown - Called for a name that was given: to list all authors takes as long as to list all models. */
function knownName(what: string, name: string | undefined, listKnown: () => readonly string[], where: string): void {
  if (name === undefined) return
  const known = listKnown()
  if (known.includes(name)) return
  throw new ConfigurationProblem(`${where} has no ${what} '${name}'${didYouMean(nearest(name, known))}`)
}
