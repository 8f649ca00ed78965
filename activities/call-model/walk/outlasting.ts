/**
 * Attempts that begin late in the activity of their call, which Temporal gives up after an hour. What is in flight then is lost, may be
 * paid for, and is asked again.
 *
 * @module
 */
import { CALL_TIMEOUT_MS } from '../../../src/core/call-time.ts'
import type { AskDecision } from '../../../src/core/faults/decide-remedy.ts'
import type { Walk } from './walk.ts'

/** An attempt whose configuration does not say how long it may take. */
const USUAL_MS = 600_000

/** Time for what is written before and after the attempt. */
const MARGIN_MS = 30_000

/** An activity that has just begun is as good as a new one. */
const FRESH_MS = 1_000

/** Whether the attempt might outlast the activity that it begins in, where a fresh activity would have time for it. */
export function mayOutlast({ ports, plan, beganAtMs }: Walk, { endpoint, afterMs }: AskDecision): boolean {
  const spentMs = ports.now() - beganAtMs + afterMs
  const { longestMs = USUAL_MS } = plan.endpoint(endpoint)
  return spentMs > FRESH_MS && spentMs + longestMs + MARGIN_MS > CALL_TIMEOUT_MS
}

/** The shortest timer that Temporal takes. */
const SOON_MS = 1

/** How long the call waits for an activity of its own, at least a millisecond, and the reason in words for people. */
export function untilAsked({ endpoint, afterMs }: AskDecision): readonly [ms: number, reason: string] {
  return [Math.max(SOON_MS, afterMs), `an activity with time for an attempt at ${endpoint}`]
}
