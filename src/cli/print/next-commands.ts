/**
 * The commands by which a person answers what a run waits for.
 *
 * @module
 */
import type { Answered } from '../../core/decision-words.ts'
import type { Budget } from '../../core/protocol.ts'
import { shellWord } from '../../core/words/shell-word.ts'

/** For a run whose limit on money or tokens is short. @param limits - Its own, where they are known: no other can be raised. */
export function raiseCommands(
  { run, command }: Required<Answered>,
  limits: Pick<Budget, 'usd' | 'tokens'> = { usd: '' },
): readonly string[] {
  const word = shellWord(run)
  const usd = limits.usd === undefined ? '' : ' --raise-usd <amount>'
  const tokens = limits.tokens === undefined ? '' : ' --raise-tokens <count>'
  return [`${command} approve ${word}${usd}${tokens}`, `${command} stop ${word}`]
}

/** For a list that has one line for each thing. */
export function inOneLine(commands: readonly string[]): string {
  return commands.join('    or: ')
}

/** A line for each: two side by side are wider than most screens, and one is to be copied whole. */
export function eachInItsLine(commands: readonly string[]): readonly string[] {
  return commands.map((command, at) => (at === 0 ? command : `or: ${command}`))
}
