/**
 * Checks a `signalbox.yaml` and the app that it names, without starting anything.
 *
 * @module
 */
import {
  type Configuration,
  type ConfigurationSummary,
  describeConfiguration,
  describeProblems,
  loadConfigurationFile,
  type Problem,
  summariseConfiguration,
} from '../catalog/index.ts'
import { isModule, loadApp } from './app/app.ts'
import { appProblems } from './app/app-problems.ts'
import { ConfigurationProblem } from './configuration/configuration.ts'
import { packageNotes } from './configuration/package-notes.ts'

/** `words` is for people; neither part holds a key. */
export type ConfigurationCheck =
  | { readonly ok: true; readonly summary: ConfigurationSummary; readonly words: string }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly words: string }

export async function checkConfiguration(path: string, env: NodeJS.ProcessEnv): Promise<ConfigurationCheck> {
  const read = loadConfigurationFile(path, env)
  const problems = read.ok ? await problemsOfApp(read.configuration) : read.problems
  if (!read.ok || problems.length > 0) return { ok: false, problems, words: describeProblems(problems, path) }
  const configuration = {
    ...read.configuration,
    notes: [...read.configuration.notes, ...packageNotes(read.configuration)],
  }
  return { ok: true, summary: summariseConfiguration(configuration), words: describeConfiguration(configuration) }
}

/** Loaded here and in a worker, not where the file is read: that also happens without the code, as for `explain`. */
async function problemsOfApp(configuration: Configuration): Promise<readonly Problem[]> {
  const { app: path } = configuration
  if (path === undefined) return []
  const allowed = "the path of a module that exists, meant from the configuration's folder"
  if (!isModule(path)) return [{ path: 'app', message: `there is no module ${path}`, allowed }]
  try {
    return appProblems(await loadApp(path), configuration).map(message => ({ path: 'app', message }))
  } catch (error) {
    if (!(error instanceof ConfigurationProblem)) throw error
    return [{ path: 'app', message: error.message }]
  }
}
