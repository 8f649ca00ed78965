/**
 * The public surface for workflows of your own: verbs whose steps are durable, whose models are task classes and whose costs are added up.
 * Runs in the workflow sandbox. Begin here: there is a folder for each part of a run, and none imports from one below it.
 *
 * 1. `book/`: what a run knows of itself (`book.ts`), the rows that people see of it, and what it must not say or may not put into history.
 * 2. `given/`: what a workflow may give to its verbs, and what is wrong with what it gave.
 * 3. `inbox/`: what people tell the run: decisions, messages, stop; and deadlines, which decide where nobody does.
 * 4. `shown/`: the run in the Temporal UI, and its state for whoever asks.
 * 5. `lifetime/`: how it opens, keeps its limits of steps and time, and ends, with what is on the way then.
 * 6. `tools/`: one tool call, here or on another task queue.
 * 7. `parts/`: how it continues as new.
 * 8. `people/`: questions to people, and hearing what they say.
 * 9. `money/`: raises of its budget, and those of the runs above it.
 * 10. `children/`: child runs.
 * 11. `model/`: one model call, with its waits.
 * 12. `agents/`: the loop of an agent, alone, in turns or asked as a tool.
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
import { type AgentInput, type AgentOptions, useAgent } from './agents/use-agent.ts'
import { awaitedLater } from './awaited-later.ts'
import { type Book, createBook, outcomeFrom } from './book/book.ts'
import { askChild, stopChildren } from './children/ask-child.ts'
import type { ChildOptions } from './children/child-options.ts'
import { toGive } from './given/given-problem.ts'
import { toRefuseSince } from './given/known-options.ts'
import type { AnyQuestion } from './given/question.ts'
import type { RunAtWork } from './inbox/at-work.ts'
import { type Inbox, openInbox } from './inbox/inbox.ts'
import { closeOnReturn } from './lifetime/close.ts'
import { endedAs } from './lifetime/ended.ts'
import { failOpened } from './lifetime/fail-opened.ts'
import { watchTime } from './lifetime/limits.ts'
import { type GenerateOptions, generate } from './model/generate.ts'
import { hearShortages } from './money/ask-above.ts'
import { hearRaises } from './money/raise-budget.ts'
import { carriedHere } from './parts/carried-here.ts'
import { isPartFull, nextPart } from './parts/next-part.ts'
import { askPerson } from './people/ask-person.ts'
import { hearSaid } from './people/hear-said.ts'
import { createAnswerReader } from './people/read-answer.ts'
import { createRecorder } from './people/record-said.ts'
import type { Run } from './run.ts'
import { publish } from './shown/publish.ts'
import { stateOf } from './shown/run-state.ts'
import { type ToolOptions, useTool } from './tools/use-tool.ts'
import type { RunOf } from './typed-run.ts'

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
