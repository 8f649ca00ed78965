/**
 * A question that a workflow of one's own asks people: on record like the approval of a tool, and decided by the same means.
 *
 * @module
 */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow'
import { decisionsWords } from '../../../src/core/decision-words.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { KeysOf } from '../../../src/core/keys-of.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { AskPersonResult, Decision, PendingApproval } from '../../../src/core/protocol.ts'
import { plainMarkdown } from '../../../src/core/words/markdown.ts'
import { shortActivities } from '../activities.ts'
import { optionsProblem } from '../given/known-options.ts'
import { type AnyQuestion, type PutQuestion, type Question, questionProblem, toPut } from '../given/question.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { createDeadlines } from '../inbox/deadlines.ts'
import type { AskedTogether } from '../inbox/questions.ts'
import { endedAs } from '../lifetime/ended.ts'
import { failOpened } from '../lifetime/fail-opened.ts'
import { interruption, withinTime } from '../lifetime/limits.ts'
import { opening } from '../lifetime/opening.ts'
import { sitOut } from '../shown/sit-out.ts'
import { keepDecided, withdraw, withdrawByStop, withdraws } from './record-question.ts'

/** How a question was decided. */
export interface Decided<Answer extends string = string> {
  /** The answer; of a question without `answers` it is `approve` or `deny`. */
  readonly decision: Answer
  /** Who decided, if they said so. */
  readonly by?: string
  readonly note?: string
  /** Nobody decided in time. */
  readonly deadline: boolean
}

/** How a question for a value was answered. */
export interface DecidedValue<Value = JsonValue> extends Omit<Decided, 'decision'> {
  /** What the schema has made of the answer. */
  readonly value: Value
}

const QUESTION_OPTIONS: KeysOf<Question> = {
  question: true,
  answers: true,
  schema: true,
  withinMs: true,
  otherwise: true,
}

/** With a `decision`, or with a `value` if the question names a schema. */
export async function askPerson(run: RunAtWork, id: string, question: AnyQuestion): Promise<Decided | DecidedValue> {
  const problem = questionProblem(id, question) ?? optionsProblem(run.book, 'ask', question, QUESTION_OPTIONS)
  if (problem !== undefined) return failOpened(run.book, problem)
  const { decision, value, by, note, deadline = false } = await askTogether(run, id, toPut(question))
  return question.schema === undefined
    ? definedOnly({ decision, by, note, deadline })
    : definedOnly({ value: value as JsonValue, by, note, deadline })
}

/**
 * Asks one question for all verbs that ask it at the same time. If the first of them alone is cancelled, another one goes on with
 * it. If all are, the question is withdrawn.
 */
async function askTogether(run: RunAtWork, id: string, question: PutQuestion): Promise<Decision> {
  const { asked, find } = run.inbox.questions
  const before = asked.get(id)
  const together = before ?? begin(run, id, question)
  together.askers += 1
  try {
    return await (before ? orCancelled(before.asking) : together.asking)
  } catch (error) {
    together.askers -= 1
    if (!isCancellation(error)) throw error
    if (!CancellationScope.current().consideredCancelled) return askTogether(run, id, question)
    const withdrawn = together.askers === 0 && !asked.has(id) ? withdraw(run, find(id)) : undefined
    if (withdrawn) await withdrawn
    throw error
  }
}

/**
 * Lets the scope of a verb that joined a question cancel its wait. In histories without the marker it waits for the end of the
 * first verb's.
 */
function orCancelled(asking: Promise<Decision>): Promise<Decision> {
  const cancelled = CancellationScope.current().cancelRequested.catch(error => {
    if (withdraws()) throw error
    return asking
  })
  return Promise.race([asking, cancelled])
}

function begin(run: RunAtWork, id: string, question: PutQuestion): AskedTogether {
  const { asked } = run.inbox.questions
  const asking = askOnce(run, id, question).finally(() => asked.delete(id))
  const together = { asking, askers: 0 }
  asked.set(id, together)
  return together
}

async function askOnce(run: RunAtWork, id: string, question: PutQuestion): Promise<Decision> {
  const { book, inbox } = run
  if (book.outcome !== undefined)
    throw endedAs(book, 'failed', { message: `${id} was asked after the run was closed; close it last` })
  if (book.timeIsUp || inbox.stopping) throw interruption(run)
  if (!book.isOpen) await opening(book)
  const ask = inbox.questions.find(id)?.ask ?? (await put(run, id, question))
  const given = await untilDecided(run, ask)
  // Recorded before it takes effect.
  await keepDecided(book, { ...inbox.questions.find(id), ask, decision: given })
  inbox.questions.end(id)
  return given
}

/** Puts a question on record. Nobody can decide it before. */
async function put(run: RunAtWork, id: string, question: PutQuestion): Promise<PendingApproval> {
  const { book, inbox } = run
  const { answers, schema, deadline } = question
  const { given } = inbox.questions
  const taken = [...inbox.decided(), ...inbox.pending()].map(each => each.toolCallId)
  const toolCallId = freeId([...taken, ...given], id)
  given.add(toolCallId)
  const [toolName, inputPreview, step, atMs] = [id, question.question, book.step, Date.now()]
  const asked = { toolCallId, toolName, inputPreview, answers, ...(schema !== undefined && { schema }), step }
  const input = definedOnly({ run: book.ref, ...asked, deadline, atMs })
  const until = deadline && { atMs: atMs + deadline.withinMs, otherwise: deadline.otherwise }
  const ask: PendingApproval = definedOnly({ ...asked, until })
  const write = () =>
    shortActivities().askPerson.executeWithOptions({ summary: `ask people · ${plainMarkdown(id)}` }, [input])
  let recorded: AskPersonResult | null
  try {
    recorded = await withinTime(book, write)
  } catch (error) {
    const withdrawn = isCancellation(error) ? withdraw(run, { ask }) : undefined
    if (withdrawn) await withdrawn
    throw error
  }
  if (recorded?.problem !== undefined)
    throw endedAs(book, 'failed', { message: `${id} cannot be asked: ${recorded.problem}` })
  inbox.questions.add(ask)
  return ask
}

/** Numbers an id that was used before, so that a decision on the earlier question does not count for this one. */
function freeId(taken: readonly string[], id: string): string {
  let free = id
  for (let count = 2; taken.includes(free); count += 1) free = `${id}-${count}`
  return free
}

async function untilDecided(run: RunAtWork, ask: PendingApproval): Promise<Decision> {
  const { book, inbox } = run
  const decided = () => inbox.questions.find(ask.toolName)?.decision
  const deadlines = createDeadlines(inbox)
  if (!decided()) deadlines.keep([ask])
  try {
    const decision = await sitOut(book, { words: decisionsWords([ask]), asks: [ask] }, async () => {
      await withinTime(book, () => condition(() => decided() !== undefined || inbox.stopping))
      return decided()
    })
    // If this scope was cancelled at the same moment, the decision is left to the verbs that still ask.
    if (decision && !CancellationScope.current().consideredCancelled) return decision
    const withdrawn = decision ? undefined : withdrawByStop(run, ask)
    if (withdrawn) await withdrawn
    throw interruption(run)
  } finally {
    deadlines.keep([])
  }
}
