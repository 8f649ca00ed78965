/**
 * Checks a `signalbox.yaml` without starting anything.
 *
 * @module
 */
import {
  type ConfigurationSummary,
  describeConfiguration,
  describeProblems,
  loadConfigurationFile,
  type Problem,
  summariseConfiguration,
} from '../catalog/index.ts'
import { packageNotes } from './package-notes.ts'

/** `words` is for people; neither part holds a key. */
export type ConfigurationCheck =
  | { readonly ok: true; readonly summary: ConfigurationSummary; readonly words: string }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly words: string }

export function checkConfiguration(path: string, env: NodeJS.ProcessEnv): ConfigurationCheck {
  const read = loadConfigurationFile(path, env)
  if (!read.ok) return { ok: false, problems: read.problems, words: describeProblems(read.problems, path) }
  const configuration = {
    ...read.configuration,
    notes: [...read.configuration.notes, ...packageNotes(read.configuration)],
  }
  return { ok: true, summary: summariseConfiguration(configuration), words: describeConfiguration(configuration) }
}
