/**
 * What a workflow may ask people.
 *
 * @module
 */
import { answerProblem, MOST_TEXT_CHARACTERS, wordsFor } from '../../../src/core/decision-words.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import { LONGEST_WAIT_MS } from '../../../src/core/durations.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { Answers, ApprovalDeadline, PendingApproval } from '../../../src/core/protocol.ts'
import { written } from '../../../src/core/words/kind-of.ts'
import { sizeProblem } from '../book/sizes.ts'
import { lossProblem } from './given-problem.ts'

/** A question to people. */
export interface Question<Answer extends string = string> {
  /** The question, of at most 2000 characters. */
  readonly question: string
  /** The possible answers: up to twenty, of at most 200 characters. @defaultValue `approve` and `deny` */
  readonly answers?: readonly Answer[]
  /** Only a {@link ValueQuestion} has one. */
  readonly schema?: undefined
  /** How long people have to answer. @defaultValue no deadline */
  readonly withinMs?: number
  /** The answer if nobody has decided by then. @defaultValue `deny`, if that is one of the answers; else required */
  readonly otherwise?: NoInfer<Answer>
}

/** A question that is answered with a text in people's own words, of at most 10000 characters. */
export interface TextQuestion extends Omit<Question, 'answers'> {
  readonly answers: 'text'
}

/** A question that is answered with a value, of at most 10000 characters as JSON. */
export interface ValueQuestion<Value = JsonValue, Name extends string = string>
  extends Pick<Question, 'question' | 'withinMs'> {
  /** The name of a registered schema that the value must satisfy. */
  readonly schema: Name
  /** The value if nobody has answered within `withinMs`, as the schema would return it. Required with `withinMs`. */
  readonly otherwise?: NoInfer<Value>
}

export type AnyQuestion = Question | TextQuestion | ValueQuestion

/** A question as it is put on record: a value is a text, its JSON. */
export interface PutQuestion extends Pick<PendingApproval, 'schema'> {
  readonly question: string
  readonly answers: Answers
  readonly deadline?: ApprovalDeadline<string>
}

/** @param question - One without a problem. */
export function toPut(question: AnyQuestion): PutQuestion {
  const { question: text, schema, withinMs } = question
  const answers: Answers = isOfValue(question) ? 'text' : (wordsFor(question) ?? 'text')
  const otherwise = isOfValue(question) ? JSON.stringify(question.otherwise) : (question.otherwise ?? 'deny')
  const deadline = withinMs === undefined ? undefined : { withinMs, otherwise }
  return definedOnly({ question: text, answers, schema, deadline })
}

function isOfValue(question: AnyQuestion): question is ValueQuestion {
  return question.schema !== undefined
}

/** The longest id of a question: people type it in commands. */
const ID_CHARACTERS = 100

/** The longest text of a question: it travels with every continue-as-new, and people read it in a list. */
const QUESTION_CHARACTERS = 2_000

const MOST_ANSWERS = 20

const ANSWER_CHARACTERS = 200

/** Why the question cannot be asked, in words; `undefined` if it can. */
export function questionProblem(id: string, question: AnyQuestion): string | undefined {
  if (!isText(id, ID_CHARACTERS))
    return `the id of a question is ${written(id)}, and must be a text of at most ${ID_CHARACTERS} characters`
  const { question: text, answers, schema } = Object(question) as Partial<Question & Pick<ValueQuestion, 'schema'>>
  if (!isText(text, QUESTION_CHARACTERS))
    return `the \`question\` of ${id} must be a text of at most ${QUESTION_CHARACTERS} characters`
  if (schema !== undefined && (answers !== undefined || typeof schema !== 'string'))
    return `the \`schema\` of ${id} must be the name of a registered schema, without \`answers\``
  if (answers !== undefined && answers !== 'text' && !areAnswers(answers))
    return `the \`answers\` of ${id} must be 1 to ${MOST_ANSWERS} different texts of at most ${ANSWER_CHARACTERS} characters, or \`text\``
  return deadlineProblem(id, question)
}

function areAnswers(answers: readonly unknown[]): boolean {
  if (!Array.isArray(answers) || answers.length === 0 || answers.length > MOST_ANSWERS) return false
  return new Set(answers).size === answers.length && answers.every(answer => isText(answer, ANSWER_CHARACTERS))
}

function deadlineProblem(id: string, question: AnyQuestion): string | undefined {
  const { withinMs, otherwise } = question
  if (withinMs === undefined)
    return otherwise === undefined ? undefined : `\`otherwise\` of ${id} applies after \`withinMs\`: give both`
  if (!Number.isInteger(withinMs) || withinMs < 1 || withinMs > LONGEST_WAIT_MS)
    return `\`withinMs\` of ${id} is ${withinMs}, and must be a whole number from 1 to ${LONGEST_WAIT_MS}`
  if (isOfValue(question)) return otherwiseProblem(id, question)
  const word: unknown = otherwise ?? 'deny'
  if (typeof word === 'string' && answerProblem(question, word) === undefined) return undefined
  const words = wordsFor(question)
  const wanted = words
    ? `one of its answers: ${words.join(', ')}`
    : `a text of at most ${MOST_TEXT_CHARACTERS} characters`
  return `\`otherwise\` of ${id} is ${written(otherwise).slice(0, ANSWER_CHARACTERS)}, and must be ${wanted}`
}

/** The workflow's own value is not held to the schema: it is as that would return it, which is not what people give. */
function otherwiseProblem(id: string, { schema, otherwise }: ValueQuestion): string | undefined {
  if (otherwise === undefined) return `\`otherwise\` of ${id} is left out, and must be a value of ${schema}`
  const what = `\`otherwise\` of ${id}`
  const problem = sizeProblem(what, otherwise) ?? lossProblem(what, otherwise)
  if (problem !== undefined) return problem
  const { length } = JSON.stringify(otherwise)
  if (length <= MOST_TEXT_CHARACTERS) return undefined
  return `${what} has ${length} characters as JSON, and must have at most ${MOST_TEXT_CHARACTERS}`
}

function isText(text: unknown, most: number): boolean {
  return typeof text === 'string' && text.trim() !== '' && text.length <= most
}
