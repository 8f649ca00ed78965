/**
 * What people tell a run: decisions, messages, stop. Handlers return at once and leave the rest to the workflow.
 *
 * @module
 */
import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow'
import {
  DECIDED_OTHERWISE,
  type Decision,
  type DecisionResult,
  type HeldDecision,
  NOT_ASKED,
  type PendingApproval,
  QUERIES,
  type RunState,
  SIGNALS,
  UPDATES,
} from '../../src/core/protocol.ts'
import { createDecisions, type Decisions } from './decisions.ts'

/** A message or a note may not be longer: it lies in history. Longer text belongs into a document that a tool reads. */
const SAY_CHARACTERS = 100_000
const NOTE_CHARACTERS = 400

/** Who listens: the agent loops that are running in this run. */
export interface Listener {
  onDecision(decision: Decision): void
  onSaid(text: string): void
  onStop(): void
  pending(): readonly PendingApproval[]
}

/** The people's side of a run. */
export interface Inbox {
  readonly stopping: boolean
  pending(): readonly PendingApproval[]
  /** The last decisions, of this part and before. */
  decided(): readonly HeldDecision[]
  /** Decides without a person; nothing happens where somebody was faster. */
  decide(decision: Decision): void
  listen(listener: Listener): () => void
}

/** Sets the handlers. Must run before the workflow awaits anything, or an early message finds nobody. */
export function openInbox(
  runId: string,
  state: () => Omit<RunState, 'pending'>,
  onStop: () => void,
  decidedBefore: readonly HeldDecision[],
): Inbox {
  const listeners = new Set<Listener>()
  const decisions = createDecisions(listeners, decidedBefore)
  const inbox = {
    stopping: false,
    pending: decisions.pending,
    decided: decisions.held,
    decide: (decision: Decision) => void decisions.take(decision),
    listen(listener: Listener) {
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
  // Setting a handler judges what came before it at once. A moment later the agent listens that it may be meant for.
  void Promise.resolve().then(() => {
    handleDecisions(runId, decisions)
    handleMessages(runId, listeners)
  })
  return inbox
}

function handleDecisions(runId: string, decisions: Decisions): void {
  setHandler(
    defineUpdate<DecisionResult, [Decision]>(UPDATES.decide),
    // Only the run itself decides by a deadline.
    ({ deadline: _, ...decision }) => decisions.take(decision) ?? refuse(notAsked(runId, decision, []), NOT_ASKED),
    {
      validator: decision => {
        if (formProblem(decision)) refuse(formProblem(decision)!)
        const pending = decisions.pending()
        if (pending.some(ask => ask.toolCallId === decision.toolCallId)) return
        const held = decisions.find(decision.toolCallId)
        if (!held) refuse(notAsked(runId, decision, pending), NOT_ASKED)
        if (held.decision !== decision.decision) refuse(decidedOtherwise(runId, held), DECIDED_OTHERWISE)
      },
    },
  )
}

function handleMessages(runId: string, listeners: Set<Listener>): void {
  setHandler(
    defineUpdate<void, [{ readonly text: string }]>(UPDATES.say),
    ({ text }) => {
      for (const listener of listeners) listener.onSaid(text)
    },
    {
      validator: message => {
        const problem = messageProblem(runId, message?.text, listeners.size)
        if (problem !== undefined) refuse(problem)
      },
    },
  )
}

function refuse(problem: string, type?: string): never {
  throw ApplicationFailure.nonRetryable(problem, type)
}

function formProblem(decision: Decision): string | undefined {
  if (decision?.decision !== 'approve' && decision?.decision !== 'deny') return 'a decision is `approve` or `deny`'
  if ((decision.note?.length ?? 0) > NOTE_CHARACTERS) return `a note has at most ${NOTE_CHARACTERS} characters`
  return undefined
}

function notAsked(runId: string, { toolCallId }: Decision, pending: readonly PendingApproval[]): string {
  const waiting = pending.map(ask => `${ask.toolCallId} (${ask.toolName})`).join(', ') || 'nothing'
  return `no approval is asked for tool call '${toolCallId}' of run ${runId}; waiting for one: ${waiting}. \`signalbox show ${runId}\` lists what was decided before`
}

function decidedOtherwise(runId: string, { toolCallId, decision, by, deadline }: HeldDecision): string {
  const who = deadline ? 'by its deadline' : `by ${by ?? 'a person'}`
  const was = decision === 'approve' ? 'approved' : 'denied'
  return `tool call '${toolCallId}' of run ${runId} was ${was} ${who} before, and that holds; say to the run what is to change`
}

function messageProblem(runId: string, text: unknown, listeners: number): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return 'a message needs text'
  if (text.length > SAY_CHARACTERS) return `a message has at most ${SAY_CHARACTERS} characters, this one ${text.length}`
  if (listeners === 0) return `no agent is listening in run ${runId} now; \`signalbox show ${runId}\` says what it does`
  return undefined
}
