/**
 * What people tell a run: decisions, messages, stop. Handlers return at once and leave the rest to the workflow.
 *
 * @module
 */
import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow'
import { mostBytesOf } from '../../src/core/agent/words.ts'
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
  type StoredText,
  UPDATES,
  type Words,
} from '../../src/core/protocol.ts'
import { createDecisions, type Decisions } from './decisions.ts'

/** One call takes along all that its agent has not read yet, and Temporal refuses payloads over 2 MB. */
const MOST_UNREAD_BYTES = 1_500_000

/** A note may not be longer: it lies in history. */
const NOTE_CHARACTERS = 400

/** Who listens: the agent loops that are running in this run. */
export interface Listener {
  onDecision(decision: Decision): void
  onSaid(text: Words): void
  onStop(): void
  pending(): readonly PendingApproval[]
  /** What was said and not sent to a model yet. */
  unread(): readonly Words[]
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
    defineUpdate<void, [{ readonly text: Words }]>(UPDATES.say),
    ({ text }) => {
      for (const listener of listeners) listener.onSaid(text)
    },
    {
      validator: message => {
        const problem = messageProblem(runId, message?.text, listeners)
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

function messageProblem(runId: string, text: unknown, listeners: ReadonlySet<Listener>): string | undefined {
  if (!isWords(text)) return 'a message needs text'
  if (listeners.size === 0)
    return `no agent is listening in run ${runId} now; \`signalbox show ${runId}\` says what it does`
  const bytes = Math.max(...[...listeners].map(listener => sumOfBytes([...listener.unread(), text])))
  if (bytes <= MOST_UNREAD_BYTES) return undefined
  return `with this message the agent of run ${runId} would have ${bytes} bytes to read at once, at most ${MOST_UNREAD_BYTES} go into a call. Say it again when it has made its next call, or through a client that is connected with the store: long texts then lie there`
}

function sumOfBytes(unread: readonly Words[]): number {
  return unread.reduce((sum, words) => sum + mostBytesOf(words), 0)
}

function isWords(text: unknown): text is Words {
  if (typeof text === 'string') return text.trim() !== ''
  return typeof (text as StoredText | undefined)?.digest === 'string'
}
