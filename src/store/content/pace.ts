/**
 * How many trees end in one transaction. For that long others wait that want to write, and with a SQLite file all of this process; a tree
 * may be one question or a thousand steps.
 *
 * @module
 */

export interface Pace {
  size(): number
  /** So many have taken so long; the next transaction is to take about {@link TURN_MS}. */
  took(trees: number, ms: number): void
}

const TURN_MS = 100
const FIRST = 10
const MOST = 100

export function createPace(): Pace {
  let size = FIRST
  return {
    size: () => size,
    took(trees, ms) {
      const fitting = Math.floor((trees * TURN_MS) / Math.max(ms, 1))
      // By steps: small ones say little of the next.
      size = Math.max(1, Math.min(fitting, 2 * size, MOST))
    },
  }
}
