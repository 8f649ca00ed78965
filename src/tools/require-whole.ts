/**
 * Refuses a number that a definition could never work with.
 *
 * @module
 */
import { LONGEST_HELD_MS } from '../core/call-time.ts'

/**
 * A tool runs in an activity that Temporal gives up after 60 minutes and then tries anew: a tool that may take longer would be begun
 * again and again.
 */
export const MOST_TIMEOUT_MS = LONGEST_HELD_MS

/** @throws RangeError that names the field, what it has and what it may have. */
export function requireWhole(owner: string, field: string, found: number, least: number, most?: number): void {
  if (Number.isSafeInteger(found) && found >= least && found <= (most ?? found)) return
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`
  throw new RangeError(`${owner} has ${field} ${found}; it must be a whole number ${range}`)
}
