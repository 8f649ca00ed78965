/**
 * Whether a person must approve a tool call.
 *
 * @module
 */
import { LONGEST_WAIT_MS } from '../core/durations.ts'
import type { AskingRun } from '../core/ports.ts'
import type { ApprovalDeadline } from '../core/protocol.ts'
import { isAsynchronous } from './asynchronous.ts'
import { requireWhole } from './require-whole.ts'

/** Whether a person must approve. A deadline means yes, and says what applies when nobody has decided in time. */
export type Approval = boolean | ApprovalDeadline

/** The run of a tool that is asked alone, as in a test. */
export const NO_RUN: AskingRun = { runId: 'none', workspace: 'default', labels: {} }

/**
 * Refuses a `needsApproval` that could never work.
 *
 * @param owner - Names the tool or server in the message.
 * @throws TypeError for a wrong value or an asynchronous function, whose answer nobody would wait for; RangeError for a deadline out of
 * range.
 */
export function requireApproval(owner: string, approval: Approval | ((...given: never[]) => Approval)): void {
  if (typeof approval !== 'function') requireDecided(owner, approval)
  else if (isAsynchronous(approval))
    throw new TypeError(
      `${owner} has an asynchronous function as needsApproval; it must answer synchronously, from what it is given`,
    )
}

function requireDecided(owner: string, approval: Approval): void {
  if (typeof approval === 'boolean') return
  if (typeof approval !== 'object' || approval === null)
    throw new TypeError(
      `${owner} has needsApproval ${JSON.stringify(approval)}; it must be true, false, { withinMs, otherwise } or a function`,
    )
  const { withinMs, otherwise } = approval
  requireWhole(owner, 'needsApproval.withinMs', withinMs, { least: 1, most: LONGEST_WAIT_MS })
  if (otherwise === 'approve' || otherwise === 'deny') return
  throw new TypeError(
    `${owner} has needsApproval.otherwise ${JSON.stringify(otherwise)}; it must be "approve" or "deny"`,
  )
}

/**
 * What an author's `needsApproval` function returns; `true` if it throws or returns anything else.
 *
 * Never throws. The model's answer is paid for at this point and not yet in the journal: an error would make Temporal retry the call,
 * which would buy the answer again.
 */
export function approvalFrom(decide: () => Approval): Approval {
  try {
    const approval = decide()
    requireDecided('the tool', approval)
    return approval
  } catch {
    return true
  }
}
