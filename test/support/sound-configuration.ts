import { type Configuration, describeProblems, loadCatalogue, readConfiguration } from '../../src/catalog/index.ts'

/** Read once for all tests that share a process: it takes longer than the rest of a small configuration. */
const catalogue = loadCatalogue()

/** The configuration of a text that must be right: one that is not is a mistake in whatever wrote it, and thrown with its problems. */
export function soundConfiguration(yaml: string, env: NodeJS.ProcessEnv = {}): Configuration {
  const read = readConfiguration(yaml, { env, catalogue })
  if (!read.ok) throw new Error(describeProblems(read.problems))
  return read.configuration
}
