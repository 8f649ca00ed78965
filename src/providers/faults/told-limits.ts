/**
 * What a vendor says of its own limits, in the headers of its replies.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { RateLimits } from '../../core/endpoints.ts'

/** OpenAI's, which many have taken over, then Anthropic's. Of input alone Anthropic's is the one that is reached first. */
const REQUESTS = ['x-ratelimit-limit-requests', 'anthropic-ratelimit-requests-limit'] as const
const TOKENS = [
  'x-ratelimit-limit-tokens',
  'anthropic-ratelimit-tokens-limit',
  'anthropic-ratelimit-input-tokens-limit',
] as const

/**
 * Limits per minute; `undefined` where nothing is said. Some vendors count requests by the day under the same name (Groq): taken for
 * a minute's, that limit is too high and does no harm.
 */
export function toldLimits(headers: Readonly<Record<string, string>>): RateLimits | undefined {
  const requestsPerMinute = countIn(headers, REQUESTS)
  const tokensPerMinute = countIn(headers, TOKENS)
  if (requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined
  return definedOnly({ requestsPerMinute, tokensPerMinute })
}

function countIn(headers: Readonly<Record<string, string>>, names: readonly string[]): number | undefined {
  for (const name of names) {
    const text = headers[name]?.trim()
    if (text !== undefined && /^[1-9]\d{0,11}$/.test(text)) return Number(text)
  }
  return undefined
}
