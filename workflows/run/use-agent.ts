/**
 * An agent inside of a workflow's run, once or in a conversation.
 *
 * @module
 */
import { patched } from '@temporalio/workflow'
import type { CarriedAgent } from '../../src/core/agent/carried.ts'
import { isPromptState, isTranscriptRef } from '../../src/core/agent/is-prompt-state.ts'
import { NEW_AGENT } from '../../src/core/agent/state.ts'
import { isWords, toWords, userMessage } from '../../src/core/agent/words.ts'
import type { KeysOf } from '../../src/core/keys-of.ts'
import type { JsonValue } from '../../src/core/messages.ts'
import { isParts, type Part } from '../../src/core/parts.ts'
import type { AgentPlan, PromptState, RoutingMemory, ToolChoice, TranscriptRef } from '../../src/core/protocol.ts'
import { choiceProblem } from '../../src/core/tools/tool-choice.ts'
import type { Loop } from './agent-loop.ts'
import type { RunAtWork } from './at-work.ts'
import type { Book } from './book.ts'
import { endedAs } from './ended.ts'
import { failOpened } from './fail-opened.ts'
import { type Given, toGive } from './given-problem.ts'
import { optionsProblem } from './known-options.ts'
import { planOf } from './opening.ts'
import type { Patch } from './patches.ts'
import { runAgent } from './run-agent.ts'
import { sizeProblem } from './sizes.ts'

/** What an agent is given: a text, texts and files, or what it reads as JSON. */
export type AgentInput = string | readonly Part[] | object

/** Options of `run.agent`. */
export interface AgentOptions {
  /**
   * The conversation to continue, from an earlier answer of the same agent in this run. Its model sees all of it. @defaultValue a new one
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

/**
 * What an agent has heard and said in a run. It is plain JSON that you can pass on to the run's next part. It is a reference; the content
 * is in the store.
 */
export interface Conversation {
  readonly agent: string
  readonly transcript: TranscriptRef
  readonly prompt: PromptState
  readonly callId: string
  readonly known?: RoutingMemory['known']
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
  const carried = conversation && goneOn(conversation, input)
  const plan = () =>
    toolChoice === undefined ? planOf(book, name) : planOf(book, name).then(found => choosing(book, found, toolChoice))
  const { end, loop } = await runAgent(run, { input, continues: false, plan, ...(carried && { carried }) })
  if (end.kind !== 'answered') throw endedAs(book, end.kind, end)
  const { text, truncated = false, output } = end
  return { text, value: output as Value, truncated, conversation: conversationOf(name, loop) }
}

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

/** Its system message is the first of the transcript, a transcript is its run's, and vendors refuse an empty text. */
function turnProblem(
  { ref }: Book,
  name: string,
  input: string | readonly Part[],
  conversation: Conversation | undefined,
): string | undefined {
  if (!conversation) return undefined
  if (!isTranscriptRef(conversation.transcript) || !isPromptState(conversation.prompt))
    return `the conversation that ${name} was given is not one; pass the \`conversation\` of an earlier answer of ${name} in this run, whole, or nothing to begin one`
  if (!isWords(input)) return `nothing is said to ${name}: its input is empty`
  const { agent, transcript } = conversation
  if (agent !== name)
    return `the conversation that ${name} was given is one with ${agent}, under its instructions; tell ${name} in its input what it needs to know`
  const { lineage } = transcript
  // A run below has a key that begins with this one's.
  if (lineage.startsWith(`${ref.key}/`) && /^\d+(~|$)/.test(lineage.slice(ref.key.length + 1))) return undefined
  return `the conversation that ${name} was given belongs to another run; begin one in this run`
}

/** A conversation with the next input, in the form in which a part takes over from the one before: its call is due. */
function goneOn({ agent: _, ...conversation }: Conversation, input: string | readonly Part[]): CarriedAgent {
  return { ...conversation, state: { ...NEW_AGENT, step: 1 }, additions: [userMessage(input)] }
}

function conversationOf(agent: string, { last, prompt }: Loop): Conversation {
  const { transcript, callId, known } = last!
  return { agent, transcript, prompt, callId, ...(known && { known }) }
}
