/**
 * A conversation with an agent inside of a workflow, from turn to turn.
 *
 * @module
 */
import { patched } from '@temporalio/workflow'
import type { CarriedAgent } from '../../../src/core/agent/carried.ts'
import { isPromptState, isTranscriptRef } from '../../../src/core/agent/is-prompt-state.ts'
import { NEW_AGENT } from '../../../src/core/agent/state.ts'
import { isWords, jsonBytes, userMessage } from '../../../src/core/agent/words.ts'
import type { Part } from '../../../src/core/parts.ts'
import {
  type Addition,
  MOST_HISTORY_BYTES,
  type PromptState,
  type RoutingMemory,
  type TranscriptRef,
} from '../../../src/core/protocol.ts'
import type { Book } from '../book/book.ts'
import type { Patch } from '../patches.ts'
import type { Loop } from './agent-loop.ts'

/**
 * What an agent has heard and said in a run. It is plain JSON that you can pass on to the run's next part. It is a reference; the content
 * is in the store. Only what a turn without an answer has left is in it.
 */
export interface Conversation {
  readonly agent: string
  readonly transcript: TranscriptRef
  readonly prompt: PromptState
  readonly callId: string
  readonly known?: RoutingMemory['known']
  /** What was heard and said since the last answer. Absent: nothing. */
  readonly additions?: readonly Addition[]
}

/** The conversation after the last answer. Before the first one, its transcript is empty. */
export function conversationAfter({ ref }: Book, agent: string, { last, prompt }: Loop): Conversation {
  const { transcript = { lineage: `${ref.key}/0`, length: 0 }, callId = '', known } = last ?? {}
  return { agent, transcript, prompt, callId, ...(known && { known }) }
}

/**
 * A conversation with its next input, in the form in which a part of a run hands its agent over to the next: with a call that is due.
 *
 * @param name - The agent that goes on with it.
 */
export function goneOn(name: string, conversation: Conversation, input: string | readonly Part[]): CarriedAgent {
  const { agent: _, additions = [], ...its } = conversation.agent === name ? conversation : handedOver(conversation)
  return { ...its, state: { ...NEW_AGENT, step: 1 }, additions: [...additions, userMessage(input)] }
}

/**
 * The conversation for another agent: in a transcript of its own, which begins with that agent's instructions. The prompt keeps its view,
 * because each message keeps its position.
 */
function handedOver({ agent, transcript, prompt, additions = [] }: Conversation): Conversation {
  const begun = { agent, transcript: { ...transcript, length: 0 }, prompt, callId: '' }
  const heard = transcript.length === 0 ? additions : [{ role: 'handed-over' as const, transcript }, ...additions]
  if (heard.length === 0) return begun
  const words = `[Until here ${agent} has answered. You go on, with your own instructions and tools.]`
  return { ...begun, additions: [...heard, userMessage(words)] }
}

/** Why an agent cannot be asked this, in words; `undefined` if it can. A conversation can only be continued in the run that had it. */
export function turnProblem(
  { ref }: Book,
  name: string,
  input: string | readonly Part[],
  conversation: Conversation | undefined,
): string | undefined {
  if (!conversation) return undefined
  if (!isConversation(conversation))
    return `the conversation that ${name} was given is not one; pass the \`conversation\` of an earlier answer in this run, whole, or nothing to begin one`
  if (!isWords(input)) return `nothing is said to ${name}: its input is empty`
  const { agent, transcript } = conversation
  if (agent !== name && !patched('signalbox.handed-over' satisfies Patch))
    return `the conversation that ${name} was given is one with ${agent}, under its instructions; tell ${name} in its input what it needs to know`
  const tooLong = lengthProblem(name, input, conversation)
  if (tooLong !== undefined) return tooLong
  const { lineage } = transcript
  // A run below has a key that begins with this one's.
  if (lineage.startsWith(`${ref.key}/`) && /^\d+(~|$)/.test(lineage.slice(ref.key.length + 1))) return undefined
  return `the conversation that ${name} was given belongs to another run; begin one in this run`
}

/**
 * The problem of a call that would not fit into history with what turns without an answer have left: it would fail the workflow's task
 * again and again.
 */
function lengthProblem(
  name: string,
  input: string | readonly Part[],
  { additions = [] }: Conversation,
): string | undefined {
  if (additions.length === 0) return undefined
  const bytes = jsonBytes([...additions, input])
  if (bytes <= MOST_HISTORY_BYTES) return undefined
  return `with what turns without an answer have left, ${name} would be told about ${bytes} bytes at once, but at most ${MOST_HISTORY_BYTES} fit into history. Begin a new conversation; and connect the clients that say long texts with the store, where these lie then`
}

function isConversation({ agent, transcript, prompt, additions = [] }: Conversation): boolean {
  return typeof agent === 'string' && isTranscriptRef(transcript) && isPromptState(prompt) && Array.isArray(additions)
}
