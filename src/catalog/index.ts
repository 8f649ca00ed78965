/**
 * The catalogue of models and the configuration, as the rest of the product sees them.
 *
 * @module
 */
export { type Catalogue, type KnownProvider, loadCatalogue } from './catalogue.ts'
export type { CatalogueEndpoint } from './catalogue-endpoint.ts'
export type { Configuration, ConfigurationResult } from './configuration/configuration.ts'
export {
  type ConfigurationSummary,
  describeConfiguration,
  summariseConfiguration,
} from './configuration/describe-configuration.ts'
export { loadConfigurationFile } from './configuration/load-configuration.ts'
export { entryOf } from './configuration/providers/resolve-endpoints.ts'
export { readConfiguration } from './configuration/read-configuration.ts'
export { checkShape } from './configuration/shape/check-shape.ts'
export { describeProblems, type Path, type Problem, pathText } from './configuration/text/problem.ts'
export { unknownName } from './configuration/text/unknown-name.ts'
export { type ParsedYaml, parseYaml, type YamlDocument } from './configuration/text/yaml-document.ts'
export { addressVariables } from './configuration/variables/address-variables.ts'
export { NO_ADDRESS, NO_SECRET } from './configuration/variables/fill-in.ts'
export { type SecretFiles, secretFilesIn } from './configuration/variables/secret-files.ts'
export { type EndpointFilter, findEndpoints, sift } from './find-endpoints.ts'
export { createKnownNames, type KnownNames } from './known-names.ts'
export { type CatalogueChange, catalogueChanges } from './lists/differences.ts'
export { besidePath, homePath, importedFor, writeImported } from './lists/imported-file.ts'
export { readList } from './lists/read-list.ts'
export type { PriceDifference } from './prices/price-differences.ts'
export { BrokenCatalogue, readSnapshot, type Snapshot } from './snapshot.ts'
