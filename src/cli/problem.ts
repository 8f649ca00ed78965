/**
 * Turns what a command ran into, and a person can do something about, into words and an exit code.
 *
 * @module
 */
import type { KnownProblem } from '../runtime/problems.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'

/** Something that the command itself has found. The message says what happened, to what, and what to do. */
export class CliProblem extends Error {
  override readonly name = 'CliProblem'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

const EXIT_CODES = {
  input: EXIT.badInput,
  unreachable: EXIT.outOfReach,
  'not-found': EXIT.noSuchRun,
  ended: EXIT.runEnded,
} as const satisfies Record<KnownProblem['kind'], ExitCode>

/** The error for a run that the store does not have. Loaded on failure only. */
export async function noSuchRun(run: string, place: string): Promise<Error> {
  const { unknownRun } = await import('../runtime/finding/unknown-run.ts')
  return unknownRun(run, place)
}

/** `undefined` for a bug, which is to be thrown on with its stack. */
export async function problemOf(error: unknown): Promise<Pick<CliProblem, 'exitCode' | 'message'> | undefined> {
  if (error instanceof CliProblem) return error
  const { ConfigurationProblem } = await import('../runtime/configuration/configuration-problem.ts')
  if (error instanceof ConfigurationProblem) return { exitCode: EXIT.badInput, message: error.message }
  // Loaded for other failures only: it knows Temporal's errors, and loading those takes half a second.
  const { knownProblem } = await import('../runtime/problems.ts')
  const known = knownProblem(error)
  return known && { exitCode: EXIT_CODES[known.kind], message: known.message }
}
