/**
 * Plays faults against the remedy machine, and puts what it decides into words.
 *
 * @module
 */
import { type CallCandidate, type NewCallState, startCall } from '../../../src/core/faults/call-state.ts'
import { decideRemedy, type RemedyDecision } from '../../../src/core/faults/decide-remedy.ts'
import type { Evidence, Fault, FaultKind } from '../../../src/core/faults/fault.ts'

export const candidate = (endpoint: string, contextWindow?: number): CallCandidate => ({
  endpoint,
  provider: endpoint.slice(0, endpoint.indexOf(':')),
  contextWindow,
})
export const A = candidate('acme:m/one', 100_000)
export const B = candidate('bolt:m/one', 200_000)
export const C = candidate('acme:m/two', 400_000)

export const call = (candidates: readonly CallCandidate[], more: Partial<NewCallState> = {}): NewCallState => ({
  candidates,
  patienceMs: 20_000,
  onRefusal: 'abandon',
  ...more,
})

export const fault = (kind: FaultKind, evidence: Evidence = {}): Fault => ({
  kind,
  message: `it was ${kind}`,
  evidence,
})

/** Plays faults against a call: each asked endpoint fails with the next fault. Time passes only by waiting. */
export function play(
  start: NewCallState,
  faults: readonly Fault[],
  options: { canGrow?: boolean; chance?: number } = {},
) {
  const chance = options.chance ?? 0
  let nowMs = 1_000
  let [state, decision] = decideRemedy(startCall(start), { kind: 'begin', nowMs, chance })
  const decisions: RemedyDecision[] = [decision]
  for (const each of faults) {
    if (decision.do !== 'ask') break
    nowMs += decision.afterMs
    const { endpoint } = decision
    ;[state, decision] = decideRemedy(state, {
      kind: 'fault',
      endpoint,
      fault: each,
      canGrow: options.canGrow ?? false,
      nowMs,
      chance,
    })
    decisions.push(decision)
  }
  return decisions
}

export const words = (decisions: readonly RemedyDecision[]) =>
  decisions.map(decision => {
    if (decision.do === 'ask') return `${decision.endpoint} after ${decision.afterMs}, ${decision.reason}`
    if (decision.do === 'sleep') return `sleep ${decision.ms}, ${decision.reason}`
    return decision.do === 'abandon' ? `abandon ${decision.fault.kind}` : decision.do
  })
