import type { ProviderOptions } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'
import { cacheTtlOf } from '../../core/routing/cache/cache-ttl.ts'

/**
 * OpenAI's options with `prompt_cache_key`, by which it sends prompts with the same beginning to the machine that has it. One
 * given by hand wins; `null` leaves it out.
 */
export function withCacheKey({ caching, endpoint }: Ask, own: ProviderOptions[string] = {}): ProviderOptions[string] {
  const { promptCacheKey, ...others } = own
  if (promptCacheKey === null) return others
  if (promptCacheKey !== undefined || !caching || cacheTtlOf(endpoint) === 0) return own
  return { ...own, promptCacheKey: caching.key }
}
