/**
 * Reads the configuration that a worker or a command works with.
 *
 * @module
 */
import { type Catalogue, type Configuration, describeProblems, loadConfigurationFile } from '../../catalog/index.ts'
import { strayed } from '../paths.ts'
import { ConfigurationProblem } from './configuration-problem.ts'

export const DEFAULT_CONFIGURATION_PATH = 'signalbox.yaml'

/** @throws ConfigurationProblem where a bundler has taken this code away from the files of its package. */
export function requireOwnFiles(): void {
  const problem = strayed()
  if (problem !== undefined) throw new ConfigurationProblem(problem)
}

/**
 * Loads `signalbox.yaml` and checks it.
 *
 * @param env - The environment variables that it may refer to.
 * @param options - `asksNobody`: for a process that calls no vendor and posts nothing, such as a client. Variables that only those need
 * may then be unset. `catalogue`: for who has read the one that holds for the file already.
 * @throws ConfigurationProblem with all problems at once, before anything is started.
 */
export async function loadConfiguration(
  path: string = DEFAULT_CONFIGURATION_PATH,
  env: NodeJS.ProcessEnv = process.env,
  options: { readonly asksNobody?: boolean; readonly catalogue?: Catalogue } = {},
): Promise<Configuration> {
  requireOwnFiles()
  const read = loadConfigurationFile(path, env, options)
  if (read.ok) return read.configuration
  throw new ConfigurationProblem(describeProblems(read.problems, path))
}
