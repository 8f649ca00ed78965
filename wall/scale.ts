/**
 * How the wall shortens time. Nothing that is compared is changed by it: a wait of 20 s under a deadline of 30 s is still
 * two thirds of it.
 *
 * @module
 */

/** Seconds of a vendor's pace and of our deadlines are so many times shorter. */
const SCALE = 20

/** A time on the wire, as it is played. */
export function scaled(ms: number): number {
  return ms / SCALE
}

/** The defaults of every provider, scaled; the total of 10 min more than the others, so that an endless drip ends. */
export const DEADLINES = {
  connectMs: scaled(5_000),
  firstTokenMs: scaled(30_000),
  stallMs: scaled(20_000),
  totalMs: 3_000,
} as const

/** For people, beside the figures. */
export const SCALE_WORDS =
  `Deadlines and the vendors' waits are ${SCALE} times shorter than by default (first token 30 s, stall 20 s), the total deadline ` +
  `of 10 min is 3 s. Waits of the durable timer are not sat out: the clock of router, ledger and vendors is set forward.`
