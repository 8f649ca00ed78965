/**
 * An agent inside of a workflow's run, once or in a conversation.
 *
 * @module
 */
import { patched } from '@temporalio/workflow'
import type { AgentEnd } from '../../../src/core/agent/state.ts'
import { toWords } from '../../../src/core/agent/words.ts'
import type { KeysOf } from '../../../src/core/keys-of.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import { isParts, type Part } from '../../../src/core/parts.ts'
import type { AgentPlan, ToolChoice } from '../../../src/core/protocol.ts'
import { choiceProblem } from '../../../src/core/tools/tool-choice.ts'
import type { Book } from '../book/book.ts'
import { sizeProblem } from '../book/sizes.ts'
import { type Given, toGive } from '../given/given-problem.ts'
import { optionsProblem } from '../given/known-options.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { endedAs } from '../lifetime/ended.ts'
import { failOpened } from '../lifetime/fail-opened.ts'
import { planOf } from '../lifetime/opening.ts'
import type { Patch } from '../patches.ts'
import type { Loop } from './agent-loop.ts'
import { type Conversation, conversationAfter, goneOn, turnProblem } from './conversation.ts'
import { brokenOff } from './interrupted.ts'
import { runAgent } from './run-agent.ts'

/** What an agent is given: a text, texts and files, or what it reads as JSON. */
export type AgentInput = string | readonly Part[] | object

/** Options of `run.agent`. */
export interface AgentOptions {
  /**
   * The conversation to continue, from an earlier answer in this run, or from a turn without one (`conversationOf`). Its model sees all of
   * it, also if another agent had it: then under this agent's instructions, and with its tools. @defaultValue a new one
   */
  readonly conversation?: Conversation | undefined
  /**
   * Whether its first answer must call tools: at least one (`required`), none, or the tool or agent of this name. After that the model
   * chooses freely.
   *
   * @defaultValue the agent's
   */
  readonly toolChoice?: 'auto' | ToolChoice | undefined
}

const AGENT_OPTIONS: KeysOf<AgentOptions> = { conversation: true, toolChoice: true }

/** An agent's answer inside a run. */
export interface AgentAnswer<Value = JsonValue> {
  /** The text of its last answer. */
  readonly text: string
  /** The value that satisfied the agent's schema; `undefined` if it has none. */
  readonly value: Value
  /** The last answer ended at its output limit, so the text is not whole. */
  readonly truncated: boolean
  /** What was said until here, including tool results, to continue from. */
  readonly conversation: Conversation
}

export async function useAgent<Value>(
  run: RunAtWork,
  name: string,
  given: AgentInput,
  options: AgentOptions = {},
): Promise<AgentAnswer<Value>> {
  const { book } = run
  const { conversation, toolChoice } = Object(options) as AgentOptions
  const unknown = optionsProblem(book, 'agent', options, AGENT_OPTIONS)
  if (unknown !== undefined) return failOpened(book, unknown)
  const said = toSay(book, `the input of ${name}`, given)
  if (said.problem !== undefined) return failOpened(book, said.problem)
  const { value: input } = said
  const problem = turnProblem(book, name, input, conversation)
  if (problem !== undefined) return failOpened(book, problem)
  const carried = conversation && goneOn(name, conversation, input)
  const plan = () =>
    toolChoice === undefined ? planOf(book, name) : planOf(book, name).then(found => choosing(book, found, toolChoice))
  const start = { name, input, continues: false, plan, ...(carried && { carried }) }
  const { end, loop } = await runAgent(run, start)
  if (end.kind === 'answered') return answerOf<Value>(book, name, loop, end)
  const broken = brokenOff(run, start, loop, endedAs(book, end.kind, end))
  if (broken.telling) await broken.telling
  throw broken.error
}

function answerOf<Value>(book: Book, name: string, loop: Loop, end: Answered): AgentAnswer<Value> {
  const { text, truncated = false, output } = end
  return { text, value: output as Value, truncated, conversation: conversationAfter(book, name, loop) }
}

type Answered = Extract<AgentEnd, { kind: 'answered' }>

function toSay(book: Book, what: string, given: AgentInput): Given<string | readonly Part[]> {
  const isSaid = typeof given === 'string' || isParts(given)
  if (!isSaid && (given === undefined || !patched('signalbox.agent-takes-json' satisfies Patch)))
    return { problem: `${what} is nothing: give it a text, texts and files, or what it is to read as JSON` }
  const taken: Given<AgentInput> = isSaid ? { value: given } : toGive(book, what, given)
  if (taken.problem !== undefined) return { problem: taken.problem }
  const value = toWords(taken.value)!
  // As a text, in which each quote is escaped, JSON is longer than the object was.
  const problem = sizeProblem(what, value)
  return problem === undefined ? { value } : { problem }
}

/** The agent with another choice of tools than its own. */
function choosing(book: Book, { toolChoice: _, ...plan }: AgentPlan, toolChoice: 'auto' | ToolChoice): AgentPlan {
  if (toolChoice === 'auto') return plan
  const problem = choiceProblem(toolChoice, [...plan.tools, ...(plan.agents ?? [])])
  if (problem === undefined) return { ...plan, toolChoice }
  throw endedAs(book, 'failed', { message: `${plan.name} was asked and ${problem}` })
}
