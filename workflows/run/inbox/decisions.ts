/**
 * Which tool calls and questions were decided, and how: the first decision holds, whoever makes it.
 *
 * @module
 */
import type { Decision, DecisionResult, HeldDecision, PendingApproval } from '../../../src/core/protocol.ts'
import type { Asking } from './questions.ts'

/** How many decisions are remembered. They travel with every continue-as-new, about 150 bytes each; the store knows older ones. */
const REMEMBERED = 100

/** The most characters of all of them together: an answer may be a long text. */
const REMEMBERED_CHARACTERS = 100_000

function remembered(held: readonly HeldDecision[]): readonly HeldDecision[] {
  let first = held.length
  for (let left = REMEMBERED_CHARACTERS; first > 0 && held.length - first < REMEMBERED; first -= 1) {
    left -= held[first - 1]!.decision.length
    if (left < 0) break
  }
  return held.slice(first)
}

export interface Decisions {
  /** What is asked and not decided. A decision counts at once, even if the agent has not heard of it yet. */
  pending(): readonly PendingApproval[]
  held(): readonly HeldDecision[]
  /** The last decision on a tool call of that id. */
  find(toolCallId: string): HeldDecision | undefined
  /**
   * Takes a decision. One that was made before stays, and is returned. `undefined` if nothing is asked under the id, and nothing was. If
   * several agents ask under one id, the decision is for one of them: that of the step `at`, else the first.
   */
  take(decision: Decision, at?: number): DecisionResult | undefined
}

/** @param asking - Those who ask people for decisions now. */
export function createDecisions(asking: () => readonly Asking[], before: readonly HeldDecision[]): Decisions {
  let held = before
  // Vendors may use an id again in a later step.
  const isHeld = ({ toolCallId, step }: PendingApproval) =>
    held.some(known => known.toolCallId === toolCallId && known.step === step)
  const decisions: Decisions = {
    pending: () =>
      asking()
        .flatMap(asks => asks.pending())
        .filter(ask => !isHeld(ask)),
    held: () => held,
    find: toolCallId => held.findLast(known => known.toolCallId === toolCallId),
    take(decision, at) {
      const { toolCallId, decision: word, by, deadline } = decision
      const isMeant = (ask: PendingApproval) =>
        ask.toolCallId === toolCallId && (at ?? ask.step) === ask.step && !isHeld(ask)
      for (const asks of asking()) {
        const ask = asks.pending().find(isMeant)
        if (!ask) continue
        const more = { ...(by !== undefined && { by }), ...(deadline && { deadline }) }
        const taken = { toolCallId, decision: word, step: ask.step, ...more }
        held = remembered([...held, taken])
        asks.onDecision(decision)
        return { held: taken, repeated: false }
      }
      const known = decisions.find(toolCallId)
      return known && { held: known, repeated: true }
    },
  }
  return decisions
}
