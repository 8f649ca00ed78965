/**
 * Reads the configuration that a worker or a command works with.
 *
 * @module
 */
import { type Configuration, describeProblems, loadConfigurationFile } from '../../catalog/index.ts'
import { strayed } from '../paths.ts'

export const DEFAULT_CONFIGURATION_PATH = 'signalbox.yaml'

/** A configuration that cannot be used; the message lists every problem. */
export class ConfigurationProblem extends Error {}

/** @throws ConfigurationProblem where a bundler has taken this code away from the files of its package. */
export function requireOwnFiles(): void {
  const problem = strayed()
  if (problem !== undefined) throw new ConfigurationProblem(problem)
}

/**
 * Loads `signalbox.yaml`.
 *
 * @param as - Of `asksNobody`: no key of any vendor is needed.
 * @throws ConfigurationProblem with all problems at once, before anything is started.
 */
export async function loadConfiguration(
  path: string = DEFAULT_CONFIGURATION_PATH,
  env: NodeJS.ProcessEnv = process.env,
  as: { readonly asksNobody?: boolean } = {},
): Promise<Configuration> {
  requireOwnFiles()
  const read = loadConfigurationFile(path, env, as)
  if (read.ok) return read.configuration
  throw new ConfigurationProblem(describeProblems(read.problems, path))
}
