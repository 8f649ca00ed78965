/**
 * A changed configuration, swapped in while the worker runs.
 *
 * @module
 */
import {
  type Configuration,
  type ConfigurationResult,
  describeProblems,
  loadConfigurationFile,
} from '../../catalog/index.ts'
import { StoreProblem } from '../../store/index.ts'
import { createTurns } from '../turns.ts'
import { ConfigurationProblem } from './configuration-problem.ts'
import { fileSystemCode } from './file-refused.ts'

/**
 * `refused`: it has problems, which `words` lists, and the one before holds. `put-off`: the one before holds since the store could not be
 * told; nothing is wrong with this one.
 */
export type Reloaded =
  | { readonly kind: 'swapped'; readonly configuration: Configuration; readonly words: string }
  | { readonly kind: 'same'; readonly words: string }
  | { readonly kind: 'refused' | 'put-off'; readonly words: string }

export interface Reloading {
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  /** The one that the worker began with. */
  readonly first: Configuration
  readonly use: (configuration: Configuration) => Promise<void>
}

/** Reads the file anew each time it is called, and the secrets' files that it names; what has not changed in what it says changes nothing. */
export function createReload({ path, env, first, use }: Reloading): () => Promise<Reloaded> {
  let current = first
  const reload = async (): Promise<Reloaded> => {
    const read = readAgain(path, env)
    if (!read.ok)
      return {
        kind: 'refused',
        words: `${describeProblems(read.problems, path)}\nthe previous configuration stays in use`,
      }
    const { configuration } = read
    if (JSON.stringify(configuration) === JSON.stringify(current))
      return { kind: 'same', words: `${path} says nothing new` }
    const refused = await use(configuration).then(() => undefined, refusal)
    if (refused) return refused
    const words = [
      `${path} was reloaded: new calls are planned with ${configuration.directory.catalogVersion}, and those that wait for vendors within ten minutes`,
      ...changes(current, configuration),
    ]
    current = configuration
    return { kind: 'swapped', configuration, words: words.join('; ') }
  }
  // One after the other: a signal and a change of the file may come together.
  const takeTurn = createTurns()
  return () => takeTurn(reload)
}

/** What the version does not tell. Keys are no part of it. */
function changes(before: Configuration, after: Configuration): readonly string[] {
  const secretsOf = ({ apiKey, headers }: Configuration['providers'][number]) => JSON.stringify([apiKey, headers])
  const secretsBefore = new Map(before.providers.map(provider => [provider.name, secretsOf(provider)]))
  const rekeyed = after.providers.filter(provider => {
    const had = secretsBefore.get(provider.name)
    return had !== undefined && had !== secretsOf(provider)
  })
  return [
    ...(rekeyed.length === 0 ? [] : [`new key or headers of ${rekeyed.map(({ name }) => name).join(', ')}`]),
    ...after.notes.filter(note => !before.notes.includes(note)),
    ...(after.app === before.app ? [] : ['its `app` is loaded when the worker restarts']),
  ]
}

/** A failing disk or a broken link must not end a worker that has a configuration. */
function readAgain(path: string, env: NodeJS.ProcessEnv): ConfigurationResult {
  try {
    return loadConfigurationFile(path, env)
  } catch (error) {
    return { ok: false, problems: [{ path: '', message: `${path} cannot be read (${fileSystemCode(error)})` }] }
  }
}

/** It may lack a class that the served agents name; or the store, which is told of workspaces first, may be out of reach. */
function refusal(error: unknown): Reloaded {
  if (error instanceof StoreProblem)
    return {
      kind: 'put-off',
      words: `${error.message}\nthe previous configuration stays in use until the store has heard of the new one, which is retried`,
    }
  if (error instanceof ConfigurationProblem)
    return { kind: 'refused', words: `${error.message}\nthe previous configuration stays in use` }
  throw error
}
