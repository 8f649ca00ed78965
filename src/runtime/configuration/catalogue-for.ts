import { BrokenCatalogue, type Catalogue, importedFor, loadCatalogue } from '../../catalog/index.ts'
import { ConfigurationProblem, DEFAULT_CONFIGURATION_PATH } from './configuration.ts'

/** The catalogue that holds for a configuration, and the imported file it was read from. */
export function catalogueFor(
  config: string = DEFAULT_CONFIGURATION_PATH,
  env: NodeJS.ProcessEnv,
): { readonly catalogue: Catalogue; readonly imported: string | undefined } {
  const imported = importedFor(config, env)
  try {
    return { catalogue: loadCatalogue({ imported }), imported }
  } catch (error) {
    if (error instanceof BrokenCatalogue) throw new ConfigurationProblem(error.message, { cause: error })
    throw error
  }
}
