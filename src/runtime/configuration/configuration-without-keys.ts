/**
 * Reads a configuration whose variables nobody has set, and whose secrets' files are not here.
 *
 * @module
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import {
  type Catalogue,
  type Configuration,
  type ConfigurationResult,
  describeProblems,
  type KnownProvider,
  loadConfigurationFile,
  NO_ADDRESS,
  NO_SECRET,
  type Path,
  type SecretFiles,
} from '../../catalog/index.ts'
import { catalogueFor } from './catalogue-for.ts'
import { DEFAULT_CONFIGURATION_PATH } from './configuration.ts'
import { ConfigurationProblem } from './configuration-problem.ts'

/** {@link readWithoutKeys} for a file. @throws ConfigurationProblem with all problems at once */
export function loadWithoutKeys(path: string, env: NodeJS.ProcessEnv): Configuration {
  // What is no file is reported below, where it is read as a configuration.
  const text = statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : ''
  const read = readWithoutKeys(path, text, env, catalogueFor(path, env).catalogue)
  if (read.ok) return read.configuration
  throw new ConfigurationProblem(describeProblems(read.problems, path))
}

/** The one that is named, else the one in this folder, unless it is wrong: nobody has asked for that. */
export function configurationAtHand(path: string | undefined, env: NodeJS.ProcessEnv): Configuration | undefined {
  if (path !== undefined) return loadWithoutKeys(path, env)
  if (!existsSync(DEFAULT_CONFIGURATION_PATH)) return undefined
  try {
    return loadWithoutKeys(DEFAULT_CONFIGURATION_PATH, env)
  } catch (error) {
    if (error instanceof ConfigurationProblem) return undefined
    throw error
  }
}

/**
 * Reads a configuration for those who ask no vendor: variables without a value are given one, so that no provider is left
 * out for want of a key or an address. `1` is a word, a port and a number alike.
 *
 * @param text - The file's, which lies at `path`.
 */
export function readWithoutKeys(
  path: string,
  text: string,
  env: NodeJS.ProcessEnv,
  catalogue: Catalogue,
): ConfigurationResult {
  const marks = variablesIn(text, /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)
  const addresses = variablesIn(text, /(?:baseURL|webhook)['"]?\s*:\s*['"]?\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)
  const secrets = variablesIn(text, /secret['"]?\s*:\s*['"]?\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)
  const known = catalogue.providerIds.flatMap(id => variablesOf(catalogue.provider(id)!))
  const given = (names: readonly string[], value: string) =>
    Object.fromEntries(names.filter(name => !env[name]).map(name => [name, value]))
  const whole = [...addresses, ...known.filter(name => name.endsWith('_URL'))]
  const filled = {
    ...env,
    ...given([...marks, ...known], '1'),
    ...given(whole, NO_ADDRESS),
    ...given(secrets, NO_SECRET),
  }
  return loadConfigurationFile(path, filled, { catalogue, secretFiles: standIn, asksNobody: true })
}

/** Nor are files looked for, which are where the vendors are asked. */
function standIn(_file: string, place: Path): ReturnType<SecretFiles> {
  const field = place.at(-1)
  const text = field === 'secret' ? NO_SECRET : field === 'webhook' || field === 'baseURL' ? NO_ADDRESS : '1'
  return { kind: 'read', text }
}

/** Those of its key, of its package's settings and of its address. */
function variablesOf({ keyVariables, settingVariables, baseUrl = '' }: KnownProvider): readonly string[] {
  return [...keyVariables, ...settingVariables, ...variablesIn(baseUrl, /\$\{(\w+)\}/g)]
}

function variablesIn(text: string, marks: RegExp): readonly string[] {
  return [...text.matchAll(marks)].map(([, name]) => name!)
}
