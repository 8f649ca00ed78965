/**
 * The catalogue of models, for looking things up.
 *
 * @module
 */
import { type CatalogueEndpoint, type EndpointFilter, findEndpoints, loadCatalogue, nearest } from '../catalog/index.ts'
import { ConfigurationProblem } from './configuration.ts'

export type { CatalogueEndpoint, EndpointFilter }

export interface ModelList {
  readonly catalogVersion: string
  /** In the order asked for; those that the filter lets through. */
  readonly endpoints: readonly CatalogueEndpoint[]
}

/** @throws ConfigurationProblem for a provider that the catalogue does not know. */
export function listModels(filter: EndpointFilter): ModelList {
  const catalogue = loadCatalogue()
  const { provider } = filter
  if (provider !== undefined && catalogue.provider(provider) === undefined) {
    const near = nearest(provider, catalogue.providerIds)
    throw new ConfigurationProblem(
      `the catalogue has no provider "${provider}".${near === undefined ? '' : ` Did you mean "${near}"?`}`,
    )
  }
  return { catalogVersion: catalogue.version, endpoints: findEndpoints(catalogue, filter) }
}
