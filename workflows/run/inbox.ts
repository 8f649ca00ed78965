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
import type { Carried, Unheard } from '../../src/core/agent/carried.ts'
import { answerProblem, decidedWords, decisionCommands, misfitWords } from '../../src/core/decision-words.ts'
import {
  DECIDED_OTHERWISE,
  type Decision,
  type DecisionResult,
  type HeldDecision,
  NOT_ASKED,
  type PendingApproval,
  QUERIES,
  type ReadAnswerResult,
  type RunState,
  type Said,
  SIGNALS,
  UPDATES,
} from '../../src/core/protocol.ts'
import { shellWord } from '../../src/core/words/shell-word.ts'
import { createDecisions, type Decisions } from './decisions.ts'
import { createMessages, type Hearing, type Messages } from './messages.ts'
import { type Asking, createQuestions, type Questions } from './questions.ts'
import { isRunCancelled } from './run-cancelled.ts'
import { noteProblem } from './sizes.ts'
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
    handleDecisions(runId, { decisions, inbox, readAnswer, mayAsk })
    handleMessages(messages, inbox)
  })
  return inbox
}

interface Deciding extends Pick<InboxParts, 'readAnswer'> {
  readonly decisions: Decisions
  readonly inbox: Inbox
  /** Whether the run may still ask people. A run that was cancelled may, where its workflow sees to it. */
  readonly mayAsk: () => boolean
}

function handleDecisions(runId: string, { decisions, inbox, readAnswer, mayAsk }: Deciding): void {
  const find = (wanted: Decision) => inbox.pending().find(({ toolCallId }) => toolCallId === wanted.toolCallId)
  const take = (decision: Decision) => decisions.take(decision) ?? refuse(notAsked(runId, decision, []), NOT_ASKED)
  const refuseUnasked = (decision: Decision) => {
    const held = decisions.find(decision.toolCallId)
    // Not as NOT_ASKED, which clients try again: this stays so.
    const ending = inbox.stopping || !mayAsk() ? endingOf(inbox) : undefined
    if (!held && ending) refuse(notAnyMore(runId, ending, decision))
    if (!held) refuse(notAsked(runId, decision, inbox.pending()), NOT_ASKED)
    if (held.decision !== decision.decision) refuse(decidedOtherwise(runId, held), DECIDED_OTHERWISE)
  }
  const validator = (decision: Decision) => {
    const problem = formProblem(decision)
    if (problem !== undefined) refuse(problem)
    const ask = find(decision)
    if (!ask) return refuseUnasked(decision)
    const wrong = answerProblem(ask, decision.decision)
    if (wrong !== undefined) refuse(noAnswerWords(runId, ask, wrong))
  }
  const takeValue = async (decision: Decision, ask: PendingApproval, schema: string) => {
    const read = await readAnswer(schema, decision.decision)
    if ('problem' in read) refuse(noAnswerWords(runId, ask, misfitWords(schema, read.problem)))
    // Meanwhile somebody else may have decided, or the run may have been told to stop.
    if (!find(decision)) refuseUnasked(decision)
    return take({ ...decision, value: read.value })
  }
  setHandler(
    defineUpdate<DecisionResult, [Decision]>(UPDATES.decide),
    // Only the run itself decides by a deadline, and says what a schema has made of an answer.
    ({ deadline: _, value: __, ...decision }) => {
      const ask = find(decision)
      return ask?.schema === undefined ? take(decision) : takeValue(decision, ask, ask.schema)
    },
    { validator, unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON },
  )
}

function handleMessages(messages: Messages, inbox: Inbox): void {
  const take = async (said: Said) => {
    const heard = messages.take(said, currentUpdateInfo()!.id)
    if (heard) await inbox.record(heard)
  }
  setHandler(defineUpdate<void, [Said]>(UPDATES.say), take, {
    validator: said => {
      const problem = messages.problem(said, endingOf(inbox))
      if (problem !== undefined) refuse(problem)
    },
    unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
  })
}

export type Ending = 'was cancelled' | 'is stopping'

/** Why nothing that people say to the run has an effect any more: what is said after a run was cancelled would be lost with it. */
export function endingOf({ stopping }: Pick<Inbox, 'stopping'>): Ending | undefined {
  if (isRunCancelled()) return 'was cancelled'
  return stopping ? 'is stopping' : undefined
}

function refuse(problem: string, type?: string): never {
  throw ApplicationFailure.nonRetryable(problem, type)
}

function formProblem(decision: Decision): string | undefined {
  if (typeof decision?.decision !== 'string') return 'a decision is `approve`, `deny`, or an answer to a question'
  return noteProblem(decision)
}

function noAnswerWords(runId: string, ask: PendingApproval, wrong: string): string {
  const ways = decisionCommands({ run: runId }, ask).map(command => `\`${command}\``)
  return `${wrong} is not an answer to ${ask.toolName} of run ${runId}; answer it with ${ways.join(' or ')}`
}

function notAsked(runId: string, { toolCallId }: Decision, pending: readonly PendingApproval[]): string {
  const waiting = pending.map(ask => `${ask.toolCallId} (${ask.toolName})`).join(', ') || 'nothing'
  return `nothing is asked under '${toolCallId}' in run ${runId}; waiting for a decision: ${waiting}. \`signalbox show ${shellWord(runId)}\` lists what was decided before`
}

function notAnyMore(runId: string, ending: Ending, { toolCallId }: Decision): string {
  return `run ${runId} ${ending} and no longer waits for a decision on '${toolCallId}'; \`signalbox show ${shellWord(runId)}\` says how it ends`
}

function decidedOtherwise(runId: string, { toolCallId, decision, by, deadline }: HeldDecision): string {
  const who = deadline ? 'by its deadline' : `by ${by ?? 'a person'}`
  return `'${toolCallId}' of run ${runId} was ${decidedWords(decision)} ${who} before, and that stands; tell the run what to change`
}
