/**
 * Refuses numbers with which a definition could never work.
 *
 * @module
 */
import { LONGEST_HELD_MS } from '../core/call-time.ts'

/**
 * The longest time limit of a tool, in milliseconds. A tool runs in an activity that Temporal times out after 60 minutes and retries, so
 * a longer tool would start again and again.
 */
export const MOST_TIMEOUT_MS = LONGEST_HELD_MS

/** Both are included. */
export interface WholeRange {
  readonly least: number
  /** @defaultValue no limit */
  readonly most?: number
}

/** @throws RangeError unless `found` is a whole number in the range. It names the field and its range. */
export function requireWhole(owner: string, field: string, found: number, { least, most }: WholeRange): void {
  if (Number.isSafeInteger(found) && found >= least && found <= (most ?? found)) return
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`
  throw new RangeError(`${owner} has ${field} ${found}; it must be a whole number ${range}`)
}
