/**
 * The times to first token of one endpoint, for the question how long is too long.
 *
 * @module
 */

/** The newest of them count. */
const KEPT = 100

/** Below this the slowest of them is chance. */
const LEAST = 20

/** In ms, newest last. */
export type FirstTokens = readonly number[]

export function withFirstToken(times: FirstTokens, ms: number): FirstTokens {
  return times.length < KEPT ? [...times, ms] : [...times.slice(1 - KEPT), ms]
}

/** Of a hundred times the 95th; `undefined` while there are fewer than {@link LEAST}. */
export function p95Of(times: FirstTokens): number | undefined {
  if (times.length < LEAST) return undefined
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]
}
