/**
 * How much ends in one transaction. For that long others wait that want to write, and with a SQLite file all of this process; a tree may be
 * one question or a thousand steps.
 *
 * @module
 */

export interface Pace {
  size(): number
  /** So many have taken so long; the next transaction is to take about {@link TURN_MS}. */
  took(many: number, ms: number): void
}

const TURN_MS = 100
const MOST = 100

/** How many are begun with, as nothing is known of them. */
export const FEW = 10

/**
 * Between two such transactions. Another process that wants to write to a SQLite file looks every 100 ms whether it may, and gives up
 * after five seconds: without a pause it found the file locked at each look, as long as there was something to purge.
 */
export const PAUSE_MS = 150

export function createPace(most = MOST): Pace {
  let size = FEW
  return {
    size: () => size,
    took(many, ms) {
      const fitting = Math.floor((many * TURN_MS) / Math.max(ms, 1))
      // By steps: small ones say little of the next.
      size = Math.max(1, Math.min(fitting, 2 * size, most))
    },
  }
}

/** So many at a time as the pace has by then. */
export function* pacedBatches<Item>(items: readonly Item[], pace: Pace): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; ) {
    const batch = items.slice(at, at + pace.size())
    at += batch.length
    yield batch
  }
}

/** Purges so many, and tells the pace how long that took. */
export async function timed<Done>(pace: Pace, many: number, purge: () => Promise<Done>): Promise<Done> {
  const beganMs = performance.now()
  const done = await purge()
  pace.took(many, performance.now() - beganMs)
  return done
}
