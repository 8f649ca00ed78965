/**
 * Checks a `signalbox.yaml` without starting anything.
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
import { isModule } from './app.ts'
import { packageNotes } from './package-notes.ts'

/** `words` is for people; neither part holds a key. */
export type ConfigurationCheck =
  | { readonly ok: true; readonly summary: ConfigurationSummary; readonly words: string }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly words: string }

export function checkConfiguration(path: string, env: NodeJS.ProcessEnv): ConfigurationCheck {
  const read = loadConfigurationFile(path, env)
  const problems = read.ok ? appProblems(read.configuration) : read.problems
  if (!read.ok || problems.length > 0) return { ok: false, problems, words: describeProblems(problems, path) }
  const configuration = {
    ...read.configuration,
    notes: [...read.configuration.notes, ...packageNotes(read.configuration)],
  }
  return { ok: true, summary: summariseConfiguration(configuration), words: describeConfiguration(configuration) }
}

/** Looked for here and where the module is loaded, not where the file is read: that also happens without the code, as for `explain`. */
function appProblems({ app }: Configuration): readonly Problem[] {
  if (app === undefined || isModule(app)) return []
  const allowed = "the path of a module that exists, meant from the configuration's folder"
  return [{ path: 'app', message: `there is no module ${app}`, allowed }]
}
