/**
 * The moving average of an endpoint's time to first token.
 *
 * @module
 */

/** With fewer samples an average says more about one prompt than about the endpoint. */
const LATENCY_SAMPLES = 5

/** The weight of the newest sample: 0.2, so that the last ten samples make nine tenths of the average. */
const NEWEST = 0.2

/** The average so far, and the number of samples. */
export interface Latency {
  readonly samples: number
  readonly averageMs: number
}

/** The plain mean of the first five samples, then the exponentially weighted average. */
export function addLatency(before: Latency | undefined, firstTokenMs: number): Latency {
  if (!before) return { samples: 1, averageMs: firstTokenMs }
  const samples = before.samples + 1
  const weight = samples <= LATENCY_SAMPLES ? 1 / samples : NEWEST
  return { samples, averageMs: before.averageMs + weight * (firstTokenMs - before.averageMs) }
}

/** The average in whole milliseconds; `undefined` while there are too few samples. */
export function averageLatency(latency: Latency | undefined): number | undefined {
  return latency && latency.samples >= LATENCY_SAMPLES ? Math.round(latency.averageMs) : undefined
}
