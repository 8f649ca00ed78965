/**
 * The questions that a workflow asks people. A question that is open when the run continues as new stays open, and keeps its decision: the
 * next part asks it again under its name, and nobody is asked twice.
 *
 * @module
 */
import type { CarriedQuestion } from '../../../src/core/agent/carried.ts'
import type { Decision, PendingApproval } from '../../../src/core/protocol.ts'

/** Something that asks people for decisions: an agent for its tools, or the workflow with its questions. */
export interface Asking {
  pending(): readonly PendingApproval[]
  onDecision(decision: Decision): void
}

/** A question with all verbs that ask it at the same time: they share its answer. */
export interface AskedTogether {
  readonly asking: Promise<Decision>
  /** How many wait for it and were not cancelled. */
  askers: number
}

export interface Questions extends Asking {
  /** The questions that a verb waits for now, by name. */
  readonly asked: Map<string, AskedTogether>
  /** All ids that this part has given to questions. An id is here before its question is open, and after it was withdrawn. */
  readonly given: Set<string>
  find(name: string): CarriedQuestion | undefined
  /** Whether it is a question that no verb waits for now. */
  isLeft(ask: PendingApproval): boolean
  add(ask: PendingApproval): void
  end(name: string): void
  /** The questions whose answer no verb has taken yet. */
  open(): readonly CarriedQuestion[]
}

export function createQuestions(before: readonly CarriedQuestion[]): Questions {
  const open = new Map(before.map(question => [question.ask.toolName, question]))
  const asked: Questions['asked'] = new Map()
  return {
    asked,
    given: new Set(),
    pending: () => [...open.values()].filter(({ decision }) => !decision).map(({ ask }) => ask),
    onDecision(decision) {
      const decidedAtMs = Date.now()
      for (const [name, { ask }] of open)
        if (ask.toolCallId === decision.toolCallId) open.set(name, { ask, decision, decidedAtMs })
    },
    find: name => open.get(name),
    isLeft: ask => open.get(ask.toolName)?.ask === ask && !asked.has(ask.toolName),
    add: ask => void open.set(ask.toolName, { ask }),
    end: name => void open.delete(name),
    open: () => [...open.values()],
  }
}
