/**
 * The public surface for workflows of your own: verbs whose steps are durable, whose models are task classes and whose costs are added up.
 * Runs in the workflow sandbox.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow'
import type { AppTypes } from '../../src/core/app-types.ts'
import type { Jsonable, JsonValue } from '../../src/core/messages.ts'
import type { Cost, Outcome, Terms } from '../../src/core/protocol.ts'
import type { AnyWorkflows } from '../../src/core/workflow-types.ts'
import { hearShortages } from './ask-above.ts'
import { askChild, stopChildren } from './ask-child.ts'
import { askPerson, type Decided } from './ask-person.ts'
import type { RunAtWork } from './at-work.ts'
import { awaitedLater } from './awaited-later.ts'
import { type Book, createBook, outcomeFrom } from './book.ts'
import { carriedHere } from './carried-here.ts'
import type { ChildOptions } from './child-options.ts'
import { closeRun } from './close.ts'
import { endedAs } from './ended.ts'
import { failOpened } from './fail-opened.ts'
import { type Generated, type GenerateOptions, generate } from './generate.ts'
import { toGive } from './given-problem.ts'
import { type Inbox, openInbox } from './inbox.ts'
import { toRefuseSince } from './known-options.ts'
import { watchTime } from './limits.ts'
import { isPartFull, nextPart } from './next-part.ts'
import { publish } from './publish.ts'
import type { Question, TextQuestion } from './question.ts'
import { hearRaises } from './raise-budget.ts'
import { createRecorder } from './record-said.ts'
import { stateOf } from './run-state.ts'
import type { RunOf } from './typed-run.ts'
import { type AgentAnswer, type AgentInput, type AgentOptions, useAgent } from './use-agent.ts'
import { type ToolAnswer, type ToolOptions, useTool } from './use-tool.ts'

/** An open run. */
export interface Run {
  /**
   * Asks a model of the class. Throws what ends the run if no endpoint answers, the budget is used up, or the run was stopped. A workflow
   * that does not catch it ends with that outcome.
   */
  generate<Value = JsonValue>(taskClass: string, options: GenerateOptions): Promise<Generated<Value>>
  /**
   * Runs a registered agent inside this run, on its budget: once, or as the next turn of a conversation. Its input is a text, or texts and
   * files; the agent reads any other object or list as JSON.
   */
  agent<Value = JsonValue>(name: string, input: AgentInput, options?: AgentOptions): Promise<AgentAnswer<Value>>
  /**
   * Runs a registered tool. A failure of the tool is an answer too, with `isError`. Nobody is asked, whatever its `needsApproval` says:
   * that applies to what a model wants.
   */
  tool<Value = JsonValue>(name: string, input: Jsonable, options?: ToolOptions): Promise<ToolAnswer<Value>>
  /**
   * Asks people, and waits for their answer, by `signalbox approve`, `deny` or `answer`, or the client's methods. The id names the
   * question in commands. While it is open, asking under its id again, also in the run's next part, waits for the same answer.
   */
  ask(id: string, question: TextQuestion): Promise<Decided>
  ask<Answer extends string = 'approve' | 'deny'>(id: string, question: Question<Answer>): Promise<Decided<Answer>>
  /**
   * Runs an agent, or a workflow, as a child run: with its own history and its own line in the ledger, on the money and under the policy
   * of this run's tree. Resolves with the child's outcome, whatever it is. Throws only if this run itself has to end.
   */
  child<Output = JsonValue>(name: string, options: ChildOptions): Promise<Outcome<Output>>
  /**
   * Continues in a new part with a short history. Call it as `return run.continueAsNew(next)` when nothing is in progress. The workflow
   * starts again with `next` as its input; the run keeps its id, its cost and its events. If the run is told to stop, this ends it
   * instead.
   */
  continueAsNew(next: Jsonable): Promise<never>
  /** Whether this part is so long that a new one should begin at the next quiet point. */
  readonly partIsFull: boolean
  /** Ends the run as `answered`. The workflow must return the result. */
  close<Output>(output: Output): Promise<Outcome<Output>>
  /**
   * Whether somebody has told the run to stop. What is in progress then is still paid for and finishes; every verb that begins later
   * throws the end `stopped`. A workflow that has something to show can close instead.
   */
  readonly stopping: boolean
  /** What the run has spent so far, including its children and every failed attempt. */
  readonly cost: Cost
}

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
  // Before its first verb: what the workflow does with an input that it does not have would be a mistake in its code.
  if (problem !== undefined) throw endedAs(book, 'refused', { message: problem })
  return {
    generate: <Value>(taskClass: string, options: GenerateOptions) => generate<Value>(run, taskClass, options),
    agent: <Value>(name: string, input: AgentInput, options?: AgentOptions) =>
      awaitedLater(useAgent<Value>(run, name, input, options)),
    tool: <Value>(name: string, input: Jsonable, options?: ToolOptions) =>
      awaitedLater(useTool<Value>(run, name, input, options)),
    ask: <Answer extends string>(id: string, question: Question<Answer> | TextQuestion) =>
      awaitedLater(askPerson<Answer>(run, id, question)),
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

/** Histories from before this have runs without their terms. */
const BRIEF_PATCH = 'signalbox.refuse-whole-brief'

/** Such a brief is no terms at all: it would be a run without its budget, its labels and its policy. What has begun so goes on so. */
function briefProblem(book: Book, given: object): string | undefined {
  if (!('terms' in given && 'input' in given) || workflowInfo().continuedFromExecutionRunId !== undefined)
    return undefined
  const problem = `\`openRun\` of ${book.workflow} was given the whole brief instead of its terms, which hold the budget, labels and policy; write openRun(brief.terms)`
  return toRefuseSince(book, problem, BRIEF_PATCH)
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
    before: carried ?? {},
  })
  hearRaises(book)
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
  return closeRun(book, outcomeFrom(book, 'answered', { output: given.value }))
}
