/**
 * Which tool calls were decided on, and how: the first word on a call holds, whoever says it.
 *
 * @module
 */
import type { Decision, DecisionResult, HeldDecision, PendingApproval } from '../../src/core/protocol.ts'
import type { Listener } from './inbox.ts'

/** They travel with every continue-as-new, some 150 bytes each; of an older one the store still knows. */
const REMEMBERED = 100

export interface Decisions {
  /** Asked for and not decided, also where the agent has not heard of the decision yet. */
  pending(): readonly PendingApproval[]
  held(): readonly HeldDecision[]
  /** The last decision on a tool call of that id. */
  find(toolCallId: string): HeldDecision | undefined
  /** Takes the first word on a call; `undefined` where none is asked for and none was. */
  take(decision: Decision): DecisionResult | undefined
}

export function createDecisions(listeners: ReadonlySet<Listener>, before: readonly HeldDecision[]): Decisions {
  let held = before
  // Vendors may use an id again in a later step.
  const isHeld = ({ toolCallId, step }: PendingApproval) =>
    held.some(known => known.toolCallId === toolCallId && known.step === step)
  const decisions: Decisions = {
    pending: () => [...listeners].flatMap(listener => listener.pending()).filter(ask => !isHeld(ask)),
    held: () => held,
    find: toolCallId => held.findLast(known => known.toolCallId === toolCallId),
    take(decision) {
      const { note: _, ...word } = decision
      const ask = decisions.pending().find(({ toolCallId }) => toolCallId === decision.toolCallId)
      if (!ask) {
        const known = decisions.find(decision.toolCallId)
        return known && { held: known, repeated: true }
      }
      const taken = { ...word, step: ask.step }
      held = [...held, taken].slice(-REMEMBERED)
      for (const listener of listeners) listener.onDecision(decision)
      return { held: taken, repeated: false }
    },
  }
  return decisions
}
