/**
 * A clock that can be set forward, for what a workflow's durable timer would sleep.
 *
 * @module
 */
export interface Clock {
  readonly now: () => number
  skip(ms: number): void
  /** The time of day again. */
  reset(): void
}

export function createClock(): Clock {
  let skippedMs = 0
  return {
    now: () => Date.now() + skippedMs,
    skip(ms) {
      skippedMs += ms
    },
    reset() {
      skippedMs = 0
    },
  }
}
