import { shellWord } from './shell-word.ts'

/** The message that content cannot be purged because the run `open` has not ended, and what to do first. */
export function notEndedWords(open: string): string {
  return `run ${open} has not ended, and without its content it could not go on; \`signalbox cancel ${shellWord(open)}\` ends it. If it was terminated, \`signalbox budget reconcile\` records that first`
}
