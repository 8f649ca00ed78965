import { ConfigurationProblem } from './configuration-problem.ts'

/**
 * Why nothing can be done with a file or folder that somebody has named, for people.
 *
 * @param what - E.g. `notes.txt cannot be read`.
 * @throws the error itself where it is none of the file system's.
 */
export function fileRefused(error: unknown, what: string, advice: string): ConfigurationProblem {
  return new ConfigurationProblem(`${what} (${fileSystemCode(error)}); ${advice}`, { cause: error })
}

/**
 * Why the file system refused, e.g. `EACCES`.
 *
 * @throws the error itself where it is none of the file system's.
 */
export function fileSystemCode(error: unknown): string {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) throw error
  return code
}
