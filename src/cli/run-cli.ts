/**
 * Runs one command line.
 *
 * @module
 */
import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { problemOf } from './problem.ts'
import { createProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

/** Gives the exit code. Problems that are expected are told in words; a bug is thrown. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await createProgram(terminal).parseAsync(words, { from: 'user' })
    return terminal.exitCode
  } catch (error) {
    // Of an unknown command or a wrong option: it has been told already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput
    const problem = await problemOf(error)
    if (!problem) throw error
    terminal.note(`error: ${problem.message}`)
    return problem.exitCode
  }
}
