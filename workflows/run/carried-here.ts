import { workflowInfo } from '@temporalio/workflow'
import { type Carried, carriedIn } from '../../src/core/agent/carried.ts'
import type { Terms } from '../../src/core/protocol.ts'

/**
 * What the part before has carried over. A run with none before it heeds nothing of the kind: whoever starts it could name the
 * transcript of another run, or decisions that nobody has taken.
 */
export function carriedHere(terms: Terms): Carried | undefined {
  return workflowInfo().continuedFromExecutionRunId === undefined ? undefined : carriedIn(terms)
}
