import { REASONS } from '../../core/faults/call-state.ts'
import type { CallReport } from '../../store/index.ts'
import type { Fallback } from './report-types.ts'

/** The moves of one call: each attempt that ended in a fault and was followed by one at another endpoint, of the same class. */
export function fallbacksOf({ runId, step, taskClass, attempts }: CallReport): readonly Fallback[] {
  return attempts.flatMap(({ fault, endpoint }, index) => {
    const next = attempts[index + 1]
    if (!fault || !next || next.endpoint === endpoint || next.reason.includes(REASONS.escalated)) return []
    return [{ run: runId, step, class: taskClass, fault: fault.kind, from: endpoint, to: next.endpoint }]
  })
}
