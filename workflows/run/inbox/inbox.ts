/**
 * What people tell a run: decisions, messages, stop. Handlers leave the rest to the workflow and return at once. Only that of messages
 * returns later, when the message is on record.
 *
 * @module
 */
import { HandlerUnfinishedPolicy } from '@temporalio/common'
import {
  ApplicationFailure,
  currentUpdateInfo,
  defineQuery,
  defineSignal,
  defineUpdate,
  inWorkflowContext,
  setHandler,
} from '@temporalio/workflow'
import type { Carried, Unheard } from '../../../src/core/agent/carried.ts'
import {
  type Decision,
  type HeldDecision,
  type PendingApproval,
  QUERIES,
  type ReadAnswerResult,
  type RunState,
  type Said,
  SIGNALS,
  UPDATES,
} from '../../../src/core/protocol.ts'
import { endingOf } from '../book/ending.ts'
import { isRunCancelled } from '../book/run-cancelled.ts'
import { createDecisions } from './decisions.ts'
import { handleDecisions } from './handle-decisions.ts'
import { createMessages, type Hearing, type Messages } from './messages.ts'
import { type Asking, createQuestions, type Questions } from './questions.ts'
import { createUnheard, type UnheardMessages } from './unheard.ts'

/** Who listens: the agent loops that are running in this run. */
export interface Listener extends Asking, Hearing {
  onStop(): void
}

/** The people's side of a run. */
export interface Inbox {
  readonly stopping: boolean
  /** The questions that the workflow itself asks. */
  readonly questions: Questions
  /** The messages that wait until the workflow hears them. */
  readonly unheard: UnheardMessages
  /** Puts a message on record. */
  readonly record: (said: Unheard) => Promise<void>
  pending(): readonly PendingApproval[]
  /** The last decisions, of this part and before. */
  decided(): readonly HeldDecision[]
  /** The ids of the last messages, of this part and before. */
  heard(): readonly string[]
  /** Decides by a deadline what was asked in that step. Does nothing if a person was faster. */
  decide(decision: Decision, step: number): void
  listen(listener: Listener): () => void
}

export interface InboxParts {
  readonly runId: string
  /** What the state query answers, without the approvals. */
  readonly state: () => Omit<RunState, 'pending'>
  readonly onStop: () => void
  /** Puts a message on record. */
  readonly record: (said: Unheard) => Promise<void>
  /** Holds an answer to the schema of its question. */
  readonly readAnswer: (schema: string, answer: string) => Promise<ReadAnswerResult>
  /** What earlier parts of the run have heard. */
  readonly before: Partial<Pick<Carried, 'decided' | 'heard' | 'unheard' | 'questions'>>
}

/** Sets the handlers. Must run before the workflow awaits anything, or an early message finds nobody. */
export function openInbox({ runId, state, onStop, record, readAnswer, before }: InboxParts): Inbox {
  const listeners = new Set<Listener>()
  const questions = createQuestions(before.questions ?? [])
  const decisions = createDecisions(() => [...listeners, questions], before.decided ?? [])
  const unheard = createUnheard(before.unheard)
  const messages = createMessages({ runId, listeners, unheard, before: before.heard ?? [] })
  const inbox: Inbox & { stopping: boolean } = {
    stopping: false,
    questions,
    unheard,
    record,
    // Nobody waits any more for what was asked.
    pending: () =>
      inbox.stopping ? [] : decisions.pending().filter(ask => !isRunCancelled() || !questions.isLeft(ask)),
    decided: decisions.held,
    heard: messages.heard,
    decide: (decision, step) => void decisions.take(decision, step),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  setHandler(defineQuery<RunState>(QUERIES.state), () => ({ ...state(), pending: inbox.pending() }))
  setHandler(defineSignal(SIGNALS.stop), () => {
    inbox.stopping = true
    onStop()
    for (const listener of listeners) listener.onStop()
  })
  // Setting a handler validates at once what came before it. A moment later the agent that it may be meant for listens.
  void Promise.resolve().then(() => {
    // A task that took too long is thrown away before this, and then nobody is in it: what is thrown here would end the worker.
    if (!inWorkflowContext()) return
    const mayAsk = () => !isRunCancelled() || listeners.size > 0 || questions.asked.size > 0
    handleDecisions({ runId, decisions, inbox, readAnswer, mayAsk })
    handleMessages(messages, inbox)
  })
  return inbox
}

function handleMessages(messages: Messages, inbox: Inbox): void {
  const take = async (said: Said) => {
    const heard = messages.take(said, currentUpdateInfo()!.id)
    if (heard) await inbox.record(heard)
  }
  setHandler(defineUpdate<void, [Said]>(UPDATES.say), take, {
    validator: said => {
      const problem = messages.problem(said, endingOf(inbox))
      if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem)
    },
    unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
  })
}
