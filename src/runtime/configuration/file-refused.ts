import { ConfigurationProblem } from './configuration.ts'
import { fileSystemCode } from './file-system-code.ts'

/**
 * Why nothing can be done with a file or folder that somebody has named, for people.
 *
 * @param what - E.g. `notes.txt cannot be read`.
 * @throws the error itself where it is none of the file system's.
 */
export function fileRefused(error: unknown, what: string, advice: string): ConfigurationProblem {
  return new ConfigurationProblem(`${what} (${fileSystemCode(error)}); ${advice}`, { cause: error })
}
