import { type Configuration, describeProblems, readConfiguration } from '../../src/catalog/index.ts'

/** The configuration of a text that must be right: one that is not is a mistake in whatever wrote it, and thrown with its problems. */
export function soundConfiguration(yaml: string, env: NodeJS.ProcessEnv = {}): Configuration {
  const read = readConfiguration(yaml, { env })
  if (!read.ok) throw new Error(describeProblems(read.problems))
  return read.configuration
}
