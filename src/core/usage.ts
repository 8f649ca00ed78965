/**
 * What an attempt consumed, in one shape for every vendor.
 *
 * @module
 */

/** Token counts of one attempt, or of several together. Every field may be unknown (`undefined`), which is never the same as 0. */
export interface Usage {
  /** All input, cached or not. */
  readonly inputTokens?: number
  /** The part of `inputTokens` that was read from a cache. */
  readonly cacheReadTokens?: number
  /** The part of `inputTokens` that was written to a cache. */
  readonly cacheWriteTokens?: number
  /** The part of `cacheWriteTokens` with a time to live of one hour. */
  readonly cacheWriteHourTokens?: number
  /** All output, including reasoning. */
  readonly outputTokens?: number
  /** The part of `outputTokens` that was reasoning. */
  readonly reasoningTokens?: number
}

const FIELDS = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWriteHourTokens',
  'outputTokens',
  'reasoningTokens',
] as const satisfies readonly (keyof Usage)[]

/** Adds two usages field by field. A field of the sum is unknown only if it is unknown in both. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = {}
  for (const field of FIELDS) {
    if (a[field] !== undefined || b[field] !== undefined) sum[field] = (a[field] ?? 0) + (b[field] ?? 0)
  }
  return sum
}
