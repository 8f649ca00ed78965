/**
 * The commands by which a person answers what a run waits for, as lines below what it asks.
 *
 * @module
 */
import { decisionCommands } from '../../core/decision-words.ts'
import type { Budget, PendingApproval } from '../../core/protocol.ts'
import { shellWord } from '../../core/words/shell-word.ts'

/** For a tool call or a question that waits for a person's word. */
export function decideCommands(run: string, ask: Pick<PendingApproval, 'toolCallId' | 'answers'>): string {
  return `  ${decisionCommands(run, ask).join('    or: ')}`
}

/** For a run whose limit on money or tokens is short. @param limits - Its own, where they are known: no other can be raised. */
export function raiseCommands(run: string, limits: Pick<Budget, 'usd' | 'tokens'> = { usd: '' }): string {
  const word = shellWord(run)
  const usd = limits.usd === undefined ? '' : ' --raise-usd <amount>'
  const tokens = limits.tokens === undefined ? '' : ' --raise-tokens <count>'
  return `  signalbox approve ${word}${usd}${tokens}    or: signalbox stop ${word}`
}
