/**
 * A changed configuration, swapped in while the worker runs.
 *
 * @module
 */
import { statSync } from 'node:fs'
import {
  type Configuration,
  type ConfigurationResult,
  describeProblems,
  loadConfigurationFile,
} from '../catalog/index.ts'
import { StoreProblem } from '../store/index.ts'
import { ConfigurationProblem } from './configuration.ts'

/** `refused`: it has problems, which `words` lists, and the one before holds. */
export type Reloaded =
  | { readonly kind: 'swapped'; readonly configuration: Configuration; readonly words: string }
  | { readonly kind: 'same'; readonly words: string }
  | { readonly kind: 'refused'; readonly words: string }

export interface Reloading {
  readonly path: string
  readonly env: NodeJS.ProcessEnv
  /** That the worker began with. */
  readonly first: Configuration
  readonly use: (configuration: Configuration) => Promise<void>
}

/** Reads the file anew each time it is called; one that has not changed in what it says changes nothing. */
export function createReload({ path, env, first, use }: Reloading): () => Promise<Reloaded> {
  let current = first
  const reload = async (): Promise<Reloaded> => {
    const read = readAgain(path, env)
    if (!read.ok)
      return { kind: 'refused', words: `${describeProblems(read.problems, path)}\nthe configuration before it holds` }
    const { configuration } = read
    if (JSON.stringify(configuration) === JSON.stringify(current))
      return { kind: 'same', words: `${path} says what it said before` }
    const problem = await use(configuration).then(() => undefined, refusal)
    if (problem !== undefined) return { kind: 'refused', words: `${problem}\nthe configuration before it holds` }
    const appWords = configuration.app === current.app ? '' : '; its `app` is loaded when the worker starts anew'
    current = configuration
    return {
      kind: 'swapped',
      configuration,
      words: `${path} was read anew: calls that begin from now on are planned by ${configuration.directory.catalogVersion}${appWords}`,
    }
  }
  // One after the other: a signal and a change of the file may come together.
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(reload)
    last = next.catch(() => undefined)
    return next
  }
}

/** A disk that fails or a link that leads nowhere ends no worker that has a configuration. */
function readAgain(path: string, env: NodeJS.ProcessEnv): ConfigurationResult {
  try {
    return loadConfigurationFile(path, env)
  } catch (error) {
    return { ok: false, problems: [{ path: '', message: `${path} cannot be read (${codeOf(error)})` }] }
  }
}

/** Of what the file system said. */
function codeOf(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) throw error
  return code
}

/** The agents that are served may need what it lacks; and the store is told of workspaces first, and may be out of reach. */
function refusal(error: unknown): string {
  if (error instanceof StoreProblem || error instanceof ConfigurationProblem) return error.message
  throw error
}

/** Looks this often: editors and Kubernetes put another file in the place of the old one, which a watch on the file would miss. */
const LOOK_EVERY_MS = 1_000

/** Calls when the file has changed since now. @returns what ends it */
export function watchForChanges(path: string, changed: () => void, everyMs = LOOK_EVERY_MS): () => void {
  let seen = stateOf(path)
  const timer = setInterval(() => {
    const now = stateOf(path)
    if (now === seen) return
    seen = now
    changed()
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

function stateOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : 'none'
  } catch (error) {
    return codeOf(error)
  }
}
