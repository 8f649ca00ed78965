/**
 * The cancellation of an agent inside of a workflow, and the conversation as it stands then.
 *
 * @module
 */
import { CancelledFailure } from '@temporalio/workflow'
import { additionsOfCut } from '../../src/core/agent/interrupted.ts'
import type { Loop } from './agent-loop.ts'
import type { Book } from './book.ts'
import { type Conversation, conversationAfter } from './conversation.ts'

/** To Temporal a cancellation like any other. */
class AgentInterrupted extends CancelledFailure {
  readonly conversation: Conversation
  constructor(conversation: Conversation, cause: Error) {
    super(`${conversation.agent} was interrupted`, [], cause)
    this.conversation = conversation
  }
}

/**
 * The conversation with an agent whose turn was interrupted, from the error that `run.agent` has thrown: with its input, the tools that
 * have ended, and what people could read of its answer. Continue from it as from that of an answer. Returns `undefined` for every other
 * error: throw those again.
 */
export function conversationOf(error: unknown): Conversation | undefined {
  return error instanceof AgentInterrupted ? error.conversation : undefined
}

/** @param error - The cancellation of one of the agent's verbs. */
export function agentInterrupted(book: Book, agent: string, loop: Loop, error: Error): Error {
  const { state, events, asked } = loop
  const additions = additionsOfCut({ state, events, asked, said: saidIn(error) })
  return new AgentInterrupted({ ...conversationAfter(book, agent, loop), additions }, error)
}

/** That of a model's call has in its details what people could read; see `interruption`. */
function saidIn(error: Error): string | undefined {
  const said: unknown = error instanceof CancelledFailure ? error.details[0] : undefined
  return typeof said === 'string' ? said : undefined
}
