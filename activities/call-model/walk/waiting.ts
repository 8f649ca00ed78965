/**
 * What a call waits for while it walks: its turn at a budget, and a start at an endpoint with limits.
 *
 * @module
 */
import type { NotReserved, Place, ShortScope, WorstCase } from '../../../src/core/ports.ts'
import type { Least } from '../money/budget.ts'

/** An endpoint that the budget did not admit. */
export interface Short {
  readonly of: NotReserved
  readonly asked: WorstCase
  /** Absent if no shorter answer would do. */
  readonly least?: Least
  readonly endpoint: string
  /** Further budgets that are short there, that waiting does not help and for which nobody is asked. */
  readonly also?: readonly ShortScope[]
}

/** How a call waits. It may wait for a budget and for a limit at once. */
export interface Waiting {
  /** Its place in this worker's line for money or tokens. */
  place?: Place
  /** The call is not behind others in that line: until it is turned away again, it may try each of its endpoints. */
  hasTurn: boolean
  /** Since when it waits for a budget, over all its activities. */
  sinceMs?: number
  /** What has turned it away from the budget last. */
  short?: Short
  /** The store may say that it waits for a budget. */
  isWritten: boolean
  /** The events of the run tell that it stands in line. */
  isTold: boolean
  /** The store may have a place for it among those that wait for an endpoint's limit. */
  hasTicket: boolean
}

/** @param hasTicket - Whether an earlier try may have left the call a place in line. */
export function notWaiting(hasTicket: boolean): Waiting {
  return { hasTurn: false, isWritten: false, isTold: false, hasTicket }
}
