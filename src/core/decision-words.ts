/**
 * Words about decisions, for people: how to make one, and what was decided.
 *
 * @module
 */
import type { HeldDecision, PendingApproval } from './protocol.ts'
import { eachOnce } from './words/each-once.ts'
import { NO_OPTIONS, shellArguments } from './words/shell-word.ts'
import { shorten } from './words/shorten.ts'

/** How a tool call may be decided. */
export const APPROVALS = ['approve', 'deny'] as const

type Ask = Pick<PendingApproval, 'toolCallId' | 'answers' | 'schema'>

/** The words that a question or a tool call may be answered with; `undefined` if any text will do. */
export function wordsFor({ answers = APPROVALS }: Pick<Ask, 'answers'>): readonly string[] | undefined {
  return answers === 'text' ? undefined : answers
}

/** The longest text that people may answer with, since answers are in Temporal's history. */
export const MOST_TEXT_CHARACTERS = 10_000

/** What the word is instead of an answer to this question, e.g. `an empty text`; `undefined` if it is an answer. */
export function answerProblem(ask: Omit<Ask, 'toolCallId'>, word: string): string | undefined {
  const words = wordsFor(ask)
  if (words) return words.includes(word) ? undefined : `'${shorten(word, CHARACTERS_SHOWN)}'`
  if (word.trim() === '') return 'an empty text'
  if (word.length > MOST_TEXT_CHARACTERS) return `a text of ${word.length} characters (at most ${MOST_TEXT_CHARACTERS})`
  // Whether it is a value of that schema, only the schema itself can tell.
  if (ask.schema !== undefined) return isJson(word) ? undefined : 'a text that is not JSON'
  // `approve` and `deny` are for tool calls, so this is probably a mistake.
  return isApproval(word) ? `'${word}'` : undefined
}

/** What a value is that does not fit the schema, whose problems are a line each, e.g. `a value that is no Invoice (total: …)`. */
export function misfitWords(schema: string, problem: string): string {
  return `a value that is no ${schema} (${shorten(problem.replaceAll('\n', '; '), PROBLEM_CHARACTERS)})`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The decision as a past participle: `approved`, `denied` or `answered with …`. */
export function decidedWords(decision: string): string {
  if (decision === 'approve') return 'approved'
  return decision === 'deny' ? 'denied' : `answered with '${shorten(decision, CHARACTERS_SHOWN)}'`
}

/** Who made a decision: `by bob`, `by a person` where nobody has said a name, or `by its deadline`. */
export function byWhom({ by, deadline }: Pick<HeldDecision, 'by' | 'deadline'>): string {
  return deadline ? 'by its deadline' : `by ${by ?? 'a person'}`
}

/** What a tool call asks for, and what else a person has to know before it is approved. */
export function callWords(input: string, { priceUsd, actedIn }: Pick<PendingApproval, 'priceUsd' | 'actedIn'>): string {
  const notes = [
    ...(priceUsd === undefined ? [] : [`costs $${priceUsd}`]),
    ...(actedIn === undefined ? [] : [actedAgainWords(actedIn)]),
  ]
  return notes.length === 0 ? input : `${input} (${notes.join('; ')})`
}

/** Why a person is asked about a call of a fork. */
function actedAgainWords(run: string): string {
  return `run ${run} has called it, and it runs at most once: approve only if it is to act again`
}

/** How much is said of what does not fit: each form of a value that may have many has problems of its own. */
const PROBLEM_CHARACTERS = 4_000

/** How much of a text is quoted. */
const CHARACTERS_SHOWN = 200

export function isApproval(word: string): boolean {
  return APPROVALS.some(verb => verb === word)
}

/** Where nobody knows the shell in which it will be typed. */
const OUR_COMMAND = 'signalbox'

/** The run that is answered, and what our command is called where the answer is typed. */
export interface Answered {
  readonly run: string
  /** @defaultValue `signalbox` */
  readonly command?: string
}

/** The shell command by which a person gives this answer. */
export function decisionCommand(
  { run, command = OUR_COMMAND }: Answered,
  { toolCallId }: Pick<Ask, 'toolCallId'>,
  decision: string,
): string {
  if (isApproval(decision)) return `${command} ${decision} ${shellArguments([run, toolCallId])}`
  return `${command} answer ${shellArguments([run, toolCallId, decision])}`
}

/** A shell command for each possible answer, or one with a placeholder if it is a text or a value. */
export function decisionCommands(answered: Answered, ask: Ask): readonly string[] {
  const { run, command = OUR_COMMAND } = answered
  const words = wordsFor(ask)
  if (words) return words.map(word => decisionCommand(answered, ask, word))
  const asked = shellArguments([run, ask.toolCallId])
  if (ask.schema === undefined) return [`${command} answer ${asked} <text>`]
  const file = `--file <${ask.schema}.json>`
  return [asked.startsWith(NO_OPTIONS) ? `${command} answer ${file} ${asked}` : `${command} answer ${asked} ${file}`]
}

/** What a run shows while it waits for these decisions. */
export function decisionsWords(asks: readonly Pick<PendingApproval, 'toolName' | 'answers'>[]): string {
  const what = asks.some(({ answers }) => answers) ? 'a decision' : 'approval'
  return `waiting for ${what}: ${eachOnce(asks.map(({ toolName }) => toolName))}`
}
