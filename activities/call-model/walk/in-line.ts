/**
 * How a call stands in line for room in a budget, and for which.
 *
 * @module
 */
import type { NotReserved, Place } from '../../../src/core/ports.ts'
import type { ShortAt } from '../money/short-words.ts'

/** An endpoint that the budget did not admit. */
export interface Short extends ShortAt {
  readonly of: NotReserved
}

export interface InLine {
  /** Its place in this worker's line for money or tokens. */
  readonly place?: Place
  /** The call is not behind others in that line: until it is turned away again, it may try each of its endpoints. */
  readonly hasTurn: boolean
  /** Since when it waits for a budget, over all its activities. */
  readonly sinceMs?: number
  /** What has turned it away from the budget last. */
  readonly short?: Short
  /** The store may say that it waits for a budget. */
  readonly isWritten: boolean
  /** The events of the run tell that it stands in line. */
  readonly isTold: boolean
}

export const NOT_IN_LINE: InLine = { hasTurn: false, isWritten: false, isTold: false }
