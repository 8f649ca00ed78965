/**
 * The questions that a workflow asks people. One that is open when the run continues as new stays open, with the word on it: the next
 * part asks it again under its name, and nobody is asked twice.
 *
 * @module
 */
import type { CarriedQuestion } from '../../src/core/agent/carried.ts'
import type { Decision, PendingApproval } from '../../src/core/protocol.ts'

/** Who has something decided. */
export interface Asking {
  pending(): readonly PendingApproval[]
  onDecision(decision: Decision): void
}

export interface Questions extends Asking {
  /** Those that are being waited for, by name: who asks twice side by side has one answer. */
  readonly asked: Map<string, Promise<Decision>>
  find(name: string): CarriedQuestion | undefined
  add(ask: PendingApproval): void
  end(name: string): void
  /** What no verb has taken an answer of. */
  open(): readonly CarriedQuestion[]
}

export function createQuestions(before: readonly CarriedQuestion[]): Questions {
  const open = new Map(before.map(question => [question.ask.toolName, question]))
  return {
    asked: new Map(),
    pending: () => [...open.values()].filter(({ decision }) => !decision).map(({ ask }) => ask),
    onDecision(decision) {
      for (const [name, { ask }] of open) if (ask.toolCallId === decision.toolCallId) open.set(name, { ask, decision })
    },
    find: name => open.get(name),
    add: ask => void open.set(ask.toolName, { ask }),
    end: name => void open.delete(name),
    open: () => [...open.values()],
  }
}
