/**
 * The public surface for workflows of your own: verbs whose steps are durable, whose models are task classes and whose costs are added up.
 * Runs in the workflow sandbox.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow'
import type { AppTypes } from '../../src/core/app-types.ts'
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Jsonable, JsonValue } from '../../src/core/messages.ts'
import { costUsd } from '../../src/core/money/cost.ts'
import type { Outcome, Terms } from '../../src/core/protocol.ts'
import type { AnyWorkflows } from '../../src/core/workflow-types.ts'
import { hearShortages } from './ask-above.ts'
import { askChild, stopChildren } from './ask-child.ts'
import { askPerson } from './ask-person.ts'
import type { RunAtWork } from './at-work.ts'
import { awaitedLater } from './awaited-later.ts'
import { type Book, createBook, outcomeFrom } from './book.ts'
import { carriedHere } from './carried-here.ts'
import type { ChildOptions } from './child-options.ts'
import { closeOnReturn } from './close.ts'
import { endedAs } from './ended.ts'
import { failOpened } from './fail-opened.ts'
import { type GenerateOptions, generate } from './generate.ts'
import { toGive } from './given-problem.ts'
import { hearSaid } from './hear-said.ts'
import { type Inbox, openInbox } from './inbox.ts'
import { toRefuseSince } from './known-options.ts'
import { watchTime } from './limits.ts'
import { isPartFull, nextPart } from './next-part.ts'
import { publish } from './publish.ts'
import type { AnyQuestion } from './question.ts'
import { hearRaises } from './raise-budget.ts'
import { createAnswerReader } from './read-answer.ts'
import { createRecorder } from './record-said.ts'
import type { Run } from './run.ts'
import { stateOf } from './run-state.ts'
import type { RunOf } from './typed-run.ts'
import { type AgentInput, type AgentOptions, useAgent } from './use-agent.ts'
import { type ToolOptions, useTool } from './use-tool.ts'

/**
 * Opens the run of this workflow. Call it before the first `await`, because it sets the handlers for people's messages.
 *
 * With an app's types, `openRun<typeof app>(brief.terms)` and `import type * as app from './signalbox.app.js'`, its verbs know the app's
 * names and types. With `openRun<typeof app, typeof workflows>`, children that are workflows are known too.
 */
export function openRun(terms?: Terms): Run
export function openRun<App extends AppTypes, Workflows extends object = AnyWorkflows>(
  terms?: Terms,
): RunOf<App, Workflows>
export function openRun(terms: Terms = {}): Run {
  const run = prepareRun(terms)
  const { book, inbox } = run
  const problem =
    longInputProblem(book.workflow, terms) ?? forkProblem(book.workflow, terms) ?? briefProblem(book, terms)
  // Thrown before the first verb: without the input that it expects, the workflow's code would only make mistakes.
  if (problem !== undefined) throw endedAs(book, 'refused', { message: problem })
  return {
    generate: <Value>(taskClass: string, options: GenerateOptions) => generate<Value>(run, taskClass, options),
    agent: <Value>(name: string, input: AgentInput, options?: AgentOptions) =>
      awaitedLater(useAgent<Value>(run, name, input, options)),
    tool: <Value>(name: string, input: Jsonable, options?: ToolOptions) =>
      awaitedLater(useTool<Value>(run, name, input, options)),
    ask: ((id: string, question: AnyQuestion) => awaitedLater(askPerson(run, id, question))) as Run['ask'],
    hear: () => awaitedLater(hearSaid(run)),
    child: <Output>(name: string, options: ChildOptions) => awaitedLater(askChild<Output>(run, name, options)),
    close: output => closeWith(book, output),
    continueAsNew: next => continueWith(run, next),
    get partIsFull() {
      return isPartFull(book)
    },
    get stopping() {
      return inbox.stopping
    },
    get cost() {
      return book.totals.cost
    },
    get costUsd() {
      return costUsd(book.totals.cost)
    },
  }
}

/** An agent's call reads the text where it lies; a workflow has its input in hand, and so in its history. */
function longInputProblem(workflow: string, { longInput }: Terms): string | undefined {
  return (
    longInput &&
    `the input of ${workflow} has ${longInput.bytes} bytes, which only agents accept: a workflow's own input is in its history. Put it where a tool can read it, and start ${workflow} with its name`
  )
}

/** Only an agent is its transcript; a workflow of one's own has code before and behind each step. */
function forkProblem(workflow: string, { forkedFrom }: Terms): string | undefined {
  return (
    forkedFrom &&
    `run ${forkedFrom.run} is of the workflow ${workflow}, and only runs of agents can be forked; \`temporal workflow reset\` takes it back to an earlier point`
  )
}

/**
 * Refuses a whole brief in place of its terms: the run would have no budget, no labels and no policy. A run that has begun so
 * goes on so.
 */
function briefProblem(book: Book, given: object): string | undefined {
  if (!('terms' in given && 'input' in given) || workflowInfo().continuedFromExecutionRunId !== undefined)
    return undefined
  const problem = `\`openRun\` of ${book.workflow} was given the whole brief instead of its terms, which hold the budget, labels and policy; write openRun(brief.terms)`
  return toRefuseSince(book, problem, 'signalbox.refuse-whole-brief')
}

/** The parts of an open run, for the workflows of this folder. */
export function prepareRun(terms: Terms): RunAtWork {
  const carried = carriedHere(terms)
  const book = createBook(terms, carried)
  const inbox: Inbox = openInbox({
    runId: book.ref.id,
    state: () => stateOf(book, inbox.stopping, inbox.pending().length),
    onStop() {
      publish(book)
      stopChildren(book)
    },
    record: createRecorder(book),
    readAnswer: createAnswerReader(book),
    before: carried ?? {},
  })
  hearRaises({ book, inbox })
  hearShortages(book)
  watchTime(book)
  return { book, inbox }
}

async function continueWith(run: RunAtWork, next: Jsonable): Promise<never> {
  const { book } = run
  const given = toGive(book, `the input of the next part of ${book.workflow}`, next as JsonValue)
  if (given.problem !== undefined) return failOpened(book, given.problem)
  return nextPart(run, given.value)
}

async function closeWith<Output>(book: Book, output: Output): Promise<Outcome<Output>> {
  const given = toGive(book, `the output of ${book.workflow}`, output)
  if (given.problem !== undefined) return failOpened(book, given.problem)
  const message = book.noMoreBecause
  return closeOnReturn(book, outcomeFrom(book, 'answered', definedOnly({ output: given.value, message })))
}
