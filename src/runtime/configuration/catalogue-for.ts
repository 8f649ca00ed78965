import { statSync } from 'node:fs'
import { BrokenCatalogue, type Catalogue, importedFor, loadCatalogue } from '../../catalog/index.ts'
import { DEFAULT_CONFIGURATION_PATH } from './configuration.ts'
import { ConfigurationProblem } from './configuration-problem.ts'

/**
 * The catalogue that holds for a configuration that somebody may have named. Only the list beside it is looked for, so a file that is not
 * there would never be missed.
 *
 * @throws ConfigurationProblem for a name that is no file's, and for a damaged import.
 */
export function catalogueOfNamed(config: string | undefined, env: NodeJS.ProcessEnv): ReturnType<typeof catalogueFor> {
  if (config !== undefined && (statSync(config, { throwIfNoEntry: false })?.isDirectory() ?? true))
    throw new ConfigurationProblem(`there is no file ${config}: name a configuration, or leave out --config`)
  return catalogueFor(config, env)
}

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
