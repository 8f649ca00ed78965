import type { CallReport } from '../../store/index.ts'
import type { Fallback } from './report-types.ts'

/** The moves of one call: each attempt that ended in a fault and was followed by one at another endpoint. */
export function fallbacksOf({ runId, step, taskClass, attempts }: CallReport): readonly Fallback[] {
  return attempts.flatMap(({ fault, endpoint }, index) => {
    const next = attempts[index + 1]
    if (!fault || !next || next.endpoint === endpoint) return []
    return [{ run: runId, step, class: taskClass, fault: fault.kind, from: endpoint, to: next.endpoint }]
  })
}
