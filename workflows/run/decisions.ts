/**
 * Which tool calls were decided on, and how: the first word on a call holds, whoever says it.
 *
 * @module
 */
import type { Decision, DecisionResult, HeldDecision, PendingApproval } from '../../src/core/protocol.ts'
import type { Asking } from './questions.ts'

/** They travel with every continue-as-new, some 150 bytes each; of an older one the store still knows. */
const REMEMBERED = 100

/** Of all their words together: a text may be long. */
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
  /** Asked for and not decided, also where the agent has not heard of the decision yet. */
  pending(): readonly PendingApproval[]
  held(): readonly HeldDecision[]
  /** The last decision on a tool call of that id. */
  find(toolCallId: string): HeldDecision | undefined
  /**
   * Takes the first word on a call; `undefined` where none is asked for and none was. Where agents that work side by side ask under
   * one id, one word is for one of them: that of the step `at`, else the first.
   */
  take(decision: Decision, at?: number): DecisionResult | undefined
}

/** @param asking - Who has something decided now. */
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
