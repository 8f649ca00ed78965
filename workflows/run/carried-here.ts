import { patched, workflowInfo } from '@temporalio/workflow'
import { type Carried, carriedIn } from '../../src/core/agent/carried.ts'
import type { Terms } from '../../src/core/protocol.ts'

/** It lacks the `signalbox.` of others, and is on record so. */
const PATCH = 'carried-by-this-run'

/**
 * What the part before has carried over. A run with none before it heeds nothing of the kind, nor does one that the server began again,
 * by a cron schedule or a retry, unless it was this run that carried it: whoever starts it could name the transcript of another run, or
 * decisions that nobody has taken. Histories from before may have heeded it.
 */
export function carriedHere(terms: Terms): Carried | undefined {
  const { continuedFromExecutionRunId, firstExecutionRunId, cronSchedule, attempt } = workflowInfo()
  const carried = continuedFromExecutionRunId === undefined ? undefined : carriedIn(terms)
  if (!carried || carried.run === firstExecutionRunId) return carried
  const isFromBefore = carried.run === undefined && !cronSchedule && attempt === 1
  return isFromBefore || !patched(PATCH) ? carried : undefined
}
