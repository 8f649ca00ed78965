/**
 * What a workflow may ask people.
 *
 * @module
 */
import { answerProblem, MOST_TEXT_CHARACTERS, wordsFor } from '../../src/core/decision-words.ts'
import { LONGEST_WAIT_MS } from '../../src/core/durations.ts'
import { written } from '../../src/core/words/kind-of.ts'

/** A question to people. */
export interface Question<Answer extends string = string> {
  /** The question, of at most 2000 characters. */
  readonly question: string
  /** The possible answers: up to twenty, of at most 200 characters. @defaultValue `approve` and `deny` */
  readonly answers?: readonly Answer[]
  /** How long people have to answer. @defaultValue no deadline */
  readonly withinMs?: number
  /** The answer if nobody has decided by then. @defaultValue `deny`, if that is one of the answers; else required */
  readonly otherwise?: NoInfer<Answer>
}

/** A question that is answered with a text in people's own words, of at most 10000 characters. */
export interface TextQuestion extends Omit<Question, 'answers'> {
  readonly answers: 'text'
}

/** The longest id of a question: people type it in commands. */
const ID_CHARACTERS = 100

/** The longest text of a question: it travels with every continue-as-new, and people read it in a list. */
const QUESTION_CHARACTERS = 2_000

const MOST_ANSWERS = 20

const ANSWER_CHARACTERS = 200

/** Why the question cannot be asked, in words; `undefined` if it can. */
export function questionProblem(id: string, question: Question | TextQuestion): string | undefined {
  if (!isText(id, ID_CHARACTERS))
    return `the id of a question is ${written(id)}, and must be a text of at most ${ID_CHARACTERS} characters`
  const { question: text, answers } = Object(question) as Partial<Question | TextQuestion>
  if (!isText(text, QUESTION_CHARACTERS))
    return `the \`question\` of ${id} must be a text of at most ${QUESTION_CHARACTERS} characters`
  if (answers !== undefined && answers !== 'text' && !areAnswers(answers))
    return `the \`answers\` of ${id} must be 1 to ${MOST_ANSWERS} different texts of at most ${ANSWER_CHARACTERS} characters, or \`text\``
  return deadlineProblem(id, question)
}

function areAnswers(answers: readonly unknown[]): boolean {
  if (!Array.isArray(answers) || answers.length === 0 || answers.length > MOST_ANSWERS) return false
  return new Set(answers).size === answers.length && answers.every(answer => isText(answer, ANSWER_CHARACTERS))
}

function deadlineProblem(id: string, question: Question | TextQuestion): string | undefined {
  const { withinMs, otherwise } = question
  if (withinMs === undefined)
    return otherwise === undefined ? undefined : `\`otherwise\` of ${id} applies after \`withinMs\`: give both`
  if (!Number.isInteger(withinMs) || withinMs < 1 || withinMs > LONGEST_WAIT_MS)
    return `\`withinMs\` of ${id} is ${withinMs}, and must be a whole number from 1 to ${LONGEST_WAIT_MS}`
  const word: unknown = otherwise ?? 'deny'
  if (typeof word === 'string' && answerProblem(question, word) === undefined) return undefined
  const words = wordsFor(question)
  const wanted = words
    ? `one of its answers: ${words.join(', ')}`
    : `a text of at most ${MOST_TEXT_CHARACTERS} characters`
  return `\`otherwise\` of ${id} is ${written(otherwise).slice(0, ANSWER_CHARACTERS)}, and must be ${wanted}`
}

function isText(text: unknown, most: number): boolean {
  return typeof text === 'string' && text.trim() !== '' && text.length <= most
}
