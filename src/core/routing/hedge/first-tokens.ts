/**
 * The times to first token of one endpoint, from which a hedge learns how long is too long.
 *
 * @module
 */

/** How many times are kept: the newest. */
const KEPT = 100

/** With fewer times, the slowest of them is a matter of chance. */
const LEAST = 20

/** Times in milliseconds, the newest last. */
export type FirstTokens = readonly number[]

export function withFirstToken(times: FirstTokens, ms: number): FirstTokens {
  return times.length < KEPT ? [...times, ms] : [...times.slice(1 - KEPT), ms]
}

/** The 95th percentile; `undefined` while there are fewer than {@link LEAST} times. */
export function p95Of(times: FirstTokens): number | undefined {
  if (times.length < LEAST) return undefined
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]
}
