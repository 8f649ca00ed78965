/**
 * The end of an agent's turn without an answer inside of a workflow, and the conversation as it stands then.
 *
 * @module
 */
import { ApplicationFailure, CancelledFailure, isCancellation, patched } from '@temporalio/workflow'
import type { CarriedAgent } from '../../../src/core/agent/carried.ts'
import { additionsOfCut, additionsOfFailed } from '../../../src/core/agent/interrupted.ts'
import { ENDED } from '../../../src/core/protocol.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { notedLike, outcomeOf, withText } from '../lifetime/ended.ts'
import type { Patch } from '../patches.ts'
import type { Loop } from './agent-loop.ts'
import { type Conversation, conversationAfter } from './conversation.ts'
import { tellUnanswered } from './tell-unanswered.ts'

/** To Temporal a cancellation like any other. */
class AgentInterrupted extends CancelledFailure {
  readonly conversation: Conversation
  constructor(conversation: Conversation, cause: Error) {
    super(`${conversation.agent} was interrupted`, [], cause)
    this.conversation = conversation
  }
}

/** To Temporal the end of the run, if nobody catches it. */
class AgentFailed extends ApplicationFailure {
  readonly conversation: Conversation
  constructor(conversation: Conversation, { message, details }: ApplicationFailure) {
    super(message, ENDED, true, details)
    this.conversation = conversation
  }
}

/**
 * The conversation with an agent whose turn was interrupted or failed, from the error that `run.agent` has thrown: with its input, the
 * tools that have ended, and what people could read of its answer. Continue from it as from that of an answer. An input that nobody
 * would ever answer is not in it: one that was refused, say. Returns `undefined` if the run has to end, because it was stopped or its time
 * or its steps are used up, and for every other error: throw those again.
 */
export function conversationOf(error: unknown): Conversation | undefined {
  return error instanceof AgentInterrupted || error instanceof AgentFailed ? error.conversation : undefined
}

interface Turn {
  /** Of the agent. */
  readonly name: string
  /** The conversation that it continues, with its input. */
  readonly carried?: CarriedAgent
}

/** The end of a turn without an answer. */
interface BrokenOff {
  /** What `run.agent` throws, with the conversation as it stands then. */
  readonly error: unknown
  /** To be awaited before `error` is thrown: tells the run's events why the turn has ended, if nothing else tells them. */
  readonly telling?: Promise<unknown>
}

/** @param error - By which the turn ended */
export function brokenOff(run: RunAtWork, { name, carried }: Turn, loop: Loop, error: unknown): BrokenOff {
  const { state, events, additions } = loop
  const left = conversationAfter(run.book, name, loop)
  if (isCancellation(error)) {
    const cut = additionsOfCut({ state, events, additions, said: saidIn(error as Error) })
    return { error: new AgentInterrupted({ ...left, additions: cut }, error as Error) }
  }
  const failure = withText(error, state.text)
  const outcome = outcomeOf(failure)
  if (!outcome || hasToEnd(run) || !patched('signalbox.conversation-of-failed' satisfies Patch))
    return { error: failure }
  const before = carried?.additions?.slice(0, -1) ?? []
  const unanswered = additionsOfFailed({ state, events, additions }, before, outcome.fault?.kind)
  const failed = notedLike(new AgentFailed({ ...left, additions: unanswered }, failure as ApplicationFailure), failure)
  return { error: failed, telling: tellUnanswered(run.book, loop, failed) }
}

/** Whatever its workflow caught, no model would be asked any more. */
function hasToEnd({ book, inbox }: RunAtWork): boolean {
  const { steps = Number.POSITIVE_INFINITY } = book.terms.budget ?? {}
  return book.timeIsUp || inbox.stopping || book.outcome !== undefined || book.step >= steps
}

/** That of a model's call has in its details what people could read; see `interruption`. */
function saidIn(error: Error): string | undefined {
  const said: unknown = error instanceof CancelledFailure ? error.details[0] : undefined
  return typeof said === 'string' ? said : undefined
}
