/**
 * What the command's exit code says; also printed by `signalbox --help`.
 *
 * @module
 */
export const EXIT = {
  done: 0,
  runFailed: 1,
  badInput: 2,
  outOfReach: 3,
  noSuchRun: 4,
  runEnded: 5,
  checkFailed: 6,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done; if a run was waited for, it answered or was stopped',
  1: 'a run that was waited for failed, was refused, cancelled or out of budget',
  2: 'wrong input or configuration; all problems are listed, nothing was started',
  3: 'the Temporal server or the store cannot be used, or the output not written',
  4: 'there is no such run',
  5: 'the run has ended, and takes no more messages, decisions or commands to end',
  6: 'a check failed: of an endpoint, of an MCP server, or that a worker serves',
}

export const EXIT_CODES_HELP = [
  'Exit codes:',
  ...Object.entries(MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`),
].join('\n')
