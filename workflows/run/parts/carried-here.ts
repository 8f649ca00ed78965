import { patched, workflowInfo } from '@temporalio/workflow'
import { type Carried, carriedIn } from '../../../src/core/agent/carried.ts'
import type { Terms } from '../../../src/core/protocol.ts'
import type { Patch } from '../patches.ts'

/**
 * What the part before has carried over. Only what this run itself has carried counts: whoever starts a run could name the transcript of
 * another one, or decisions that nobody has taken. So it is left out where there is no part before, and where the server began the run
 * again, by a cron schedule or a retry. Histories from before this rule may have taken it.
 */
export function carriedHere(terms: Terms): Carried | undefined {
  const { continuedFromExecutionRunId, firstExecutionRunId, cronSchedule, attempt } = workflowInfo()
  const carried = continuedFromExecutionRunId === undefined ? undefined : carriedIn(terms)
  if (!carried || carried.run === firstExecutionRunId) return carried
  const isFromBefore = carried.run === undefined && !cronSchedule && attempt === 1
  return isFromBefore || !patched('carried-by-this-run' satisfies Patch) ? carried : undefined
}
