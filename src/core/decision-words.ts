/**
 * What people are told of decisions: how to take one, and what was decided.
 *
 * @module
 */
import type { PendingApproval } from './protocol.ts'
import { shellWord } from './shell-word.ts'

/** On a tool call. */
const APPROVALS = ['approve', 'deny'] as const

type Ask = Pick<PendingApproval, 'toolCallId' | 'answers'>

/** What may be said to it. */
export function wordsFor({ answers = APPROVALS }: Pick<Ask, 'answers'>): readonly string[] {
  return answers
}

/** What was decided, as a verb. */
export function decidedWords(decision: string): string {
  if (decision === 'approve') return 'approved'
  return decision === 'deny' ? 'denied' : `answered with '${decision}'`
}

/** By which a person says this. */
export function decisionCommand(run: string, { toolCallId }: Pick<Ask, 'toolCallId'>, decision: string): string {
  const asked = `${shellWord(run)} ${shellWord(toolCallId)}`
  if (APPROVALS.some(verb => verb === decision)) return `signalbox ${decision} ${asked}`
  const answer = shellWord(decision)
  return `signalbox answer ${asked} ${decision.startsWith('-') ? `-- ${answer}` : answer}`
}

/** One for each word that may be said. */
export function decisionCommands(run: string, ask: Ask): readonly string[] {
  return wordsFor(ask).map(word => decisionCommand(run, ask, word))
}

/** What a run says of itself that waits for them. */
export function decisionsWords(asks: readonly Pick<PendingApproval, 'toolName' | 'answers'>[]): string {
  const what = asks.some(({ answers }) => answers) ? 'a decision' : 'approval'
  return `waiting for ${what}: ${asks.map(({ toolName }) => toolName).join(', ')}`
}
