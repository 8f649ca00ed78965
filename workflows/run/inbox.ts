/**
 * What people tell a run: decisions, messages, stop. Handlers return at once and leave the rest to the workflow.
 *
 * @module
 */
import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow'
import {
  type Decision,
  NOT_ASKED,
  type PendingApproval,
  QUERIES,
  type RunState,
  SIGNALS,
  UPDATES,
} from '../../src/core/protocol.ts'

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
  /** Tool calls that were decided on, in this part or before. */
  decided(): readonly string[]
  listen(listener: Listener): () => void
}

/** Sets the handlers. Must run before the workflow awaits anything, or an early message finds nobody. */
export function openInbox(
  state: () => Omit<RunState, 'pending'>,
  onStop: () => void,
  decidedBefore: readonly string[],
): Inbox {
  const listeners = new Set<Listener>()
  const decided = new Set(decidedBefore)
  const inbox = {
    stopping: false,
    pending: () => [...listeners].flatMap(listener => listener.pending()).filter(ask => !decided.has(ask.toolCallId)),
    decided: () => [...decided],
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
    handleDecisions(listeners, decided, inbox)
    handleMessages(listeners)
  })
  return inbox
}

function handleDecisions(listeners: Set<Listener>, decided: Set<string>, inbox: Inbox): void {
  setHandler(
    defineUpdate<void, [Decision]>(UPDATES.decide),
    decision => {
      if (decided.has(decision.toolCallId)) return
      decided.add(decision.toolCallId)
      for (const listener of listeners) listener.onDecision(decision)
    },
    {
      validator: decision => {
        refuse(formProblem(decision))
        if (!decided.has(decision.toolCallId)) refuse(notAsked(decision, inbox.pending()), NOT_ASKED)
      },
    },
  )
}

function handleMessages(listeners: Set<Listener>): void {
  setHandler(
    defineUpdate<void, [{ readonly text: string }]>(UPDATES.say),
    ({ text }) => {
      for (const listener of listeners) listener.onSaid(text)
    },
    { validator: message => refuse(messageProblem(message?.text, listeners.size)) },
  )
}

function refuse(problem: string | undefined, type?: string): void {
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, type)
}

function formProblem(decision: Decision): string | undefined {
  if (decision?.decision !== 'approve' && decision?.decision !== 'deny') return 'a decision is `approve` or `deny`'
  if ((decision.note?.length ?? 0) > NOTE_CHARACTERS) return `a note has at most ${NOTE_CHARACTERS} characters`
  return undefined
}

function notAsked({ toolCallId }: Decision, pending: readonly PendingApproval[]): string | undefined {
  if (pending.some(ask => ask.toolCallId === toolCallId)) return undefined
  const waiting = pending.map(ask => `${ask.toolCallId} (${ask.toolName})`).join(', ') || 'nothing'
  return `no approval is asked for tool call '${toolCallId}'; waiting for one: ${waiting}`
}

function messageProblem(text: unknown, listeners: number): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return 'a message needs text'
  if (text.length > SAY_CHARACTERS) return `a message has at most ${SAY_CHARACTERS} characters, this one ${text.length}`
  if (listeners === 0) return 'no agent is listening in this run now'
  return undefined
}
