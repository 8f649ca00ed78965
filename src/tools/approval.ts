/**
 * Whether a person must approve a tool call.
 *
 * @module
 */
import { LONGEST_WAIT_MS } from '../core/longest-wait.ts'
import type { ApprovalDeadline } from '../core/protocol.ts'
import { isAsynchronous } from './asynchronous.ts'
import { requireWhole } from './require-whole.ts'

/** Yes, no, or yes with what holds when nobody has decided in time. */
export type Approval = boolean | ApprovalDeadline

/** @throws RangeError or TypeError for what is none, for a deadline that none can have, or for a function for whose answer nobody waits. */
export function requireApproval(owner: string, asked: Approval | ((...given: never[]) => Approval)): void {
  if (typeof asked !== 'function') requireDecided(owner, asked)
  else if (isAsynchronous(asked))
    throw new TypeError(
      `${owner} has an asynchronous function as needsApproval; it must answer synchronously, from what it is given`,
    )
}

function requireDecided(owner: string, asked: Approval): void {
  if (typeof asked === 'boolean') return
  if (typeof asked !== 'object' || asked === null)
    throw new TypeError(
      `${owner} has needsApproval ${JSON.stringify(asked)}; it must be true, false, { withinMs, otherwise } or a function`,
    )
  const { withinMs, otherwise } = asked
  requireWhole(owner, 'needsApproval.withinMs', withinMs, 1, LONGEST_WAIT_MS)
  if (otherwise === 'approve' || otherwise === 'deny') return
  throw new TypeError(
    `${owner} has needsApproval.otherwise ${JSON.stringify(otherwise)}; it must be "approve" or "deny"`,
  )
}

/**
 * A person decides where the tool's author does not say. The answer that asked for the tool is paid and not yet in the journal, so what
 * is thrown here would have it bought again and again.
 */
export function askedOf(ask: () => Approval): Approval {
  try {
    const asked = ask()
    requireDecided('the tool', asked)
    return asked
  } catch {
    return true
  }
}
