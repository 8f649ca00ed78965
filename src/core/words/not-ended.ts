import { shellWord } from './shell-word.ts'

/** The message that content cannot be purged because the run `open` has not ended, and what to do first. */
export function notEndedWords(open: string, command = 'signalbox'): string {
  return `run ${open} has not ended, and without its content it could not go on; \`${command} cancel ${shellWord(open)}\` ends it. If it was terminated, \`${command} budget reconcile\` records that first`
}
