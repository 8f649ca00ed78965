/**
 * For how long an endpoint keeps what it has cached of a prompt.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import { cachesOnlyMarked, marksPay } from './cache-marks.ts'
import { CACHE_TTL_MS } from './warmth.ts'

/**
 * How long a plan can count on a cached prefix, in milliseconds. 0 if the vendor says nothing of a cache and has no price for reading from
 * one; also 0 if it caches only what is marked and marks do not pay, because prompts are not marked there.
 */
export function cacheTtlOf(endpoint: Endpoint): number {
  const { cacheTtlMs, abilities, price } = endpoint
  if (cachesOnlyMarked(endpoint) && !marksPay(endpoint)) return 0
  if (cacheTtlMs !== undefined) return cacheTtlMs
  return abilities.includes('cache') || price?.cachedInput !== undefined ? CACHE_TTL_MS : 0
}
