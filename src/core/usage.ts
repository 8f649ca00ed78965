/**
 * What an attempt consumed, in one shape for every vendor.
 *
 * @module
 */

/**
 * Token counts of one attempt. Every field may be unknown (`undefined`), which is never the same as 0.
 * `cacheReadTokens` and `cacheWriteTokens` are parts of `inputTokens`; `cacheWriteHourTokens` is the part of
 * `cacheWriteTokens` with a time to live of one hour; `reasoningTokens` is a part of `outputTokens`.
 */
export interface Usage {
  readonly inputTokens?: number
  readonly cacheReadTokens?: number
  readonly cacheWriteTokens?: number
  readonly cacheWriteHourTokens?: number
  readonly outputTokens?: number
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

/** Adds two usages field by field; a field is unknown only where both are. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = {}
  for (const field of FIELDS) {
    if (a[field] !== undefined || b[field] !== undefined) sum[field] = (a[field] ?? 0) + (b[field] ?? 0)
  }
  return sum
}
