/**
 * Price ceilings, for each kind of token.
 *
 * @module
 */
import type { Endpoint, TokenPrice } from '../endpoints.ts'
import { TOKEN_KINDS } from '../money/price-of.ts'

/** The lowest of several ceilings, for each kind of token. */
export function lowest(ceilings: readonly TokenPrice[]): TokenPrice {
  const combined: { -readonly [K in keyof TokenPrice]?: number } = {}
  for (const kind of TOKEN_KINDS) {
    const present = ceilings.map(ceiling => ceiling[kind]).filter(most => most !== undefined)
    if (present.length > 0) combined[kind] = Math.min(...present)
  }
  return combined
}

/**
 * The highest price of each kind that a request there may be charged. Tiers for long prompts count as far as the endpoint accepts such
 * prompts; otherwise a long prompt would break the ceiling.
 */
export function dearestPrice({ price = {}, maxInput, contextWindow }: Endpoint): TokenPrice {
  const most = maxInput ?? contextWindow ?? Number.POSITIVE_INFINITY
  const tiers = price.tiers?.filter(({ above }) => above < most) ?? []
  if (tiers.length === 0) return price
  const dearest: { -readonly [K in keyof TokenPrice]?: number } = {}
  for (const kind of TOKEN_KINDS) {
    const least = price[kind]
    if (least !== undefined) dearest[kind] = Math.max(least, ...tiers.map(tier => tier[kind] ?? least))
  }
  return dearest
}

/** Whether any price is above its ceiling. Written out kind by kind, because it runs for every endpoint in every plan. */
export function isDearer(price: TokenPrice, ceiling: TokenPrice): boolean {
  return (
    isAbove(price.input, ceiling.input) ||
    isAbove(price.output, ceiling.output) ||
    isAbove(price.cachedInput, ceiling.cachedInput) ||
    isAbove(price.cacheWrite, ceiling.cacheWrite) ||
    isAbove(price.cacheWriteHour, ceiling.cacheWriteHour) ||
    isAbove(price.reasoning, ceiling.reasoning)
  )
}

/** Whether a price is above a ceiling. An unknown price is above every ceiling; nothing is above an absent one. */
export function isAbove(price: number | undefined, most: number | undefined): boolean {
  return most !== undefined && (price === undefined || price > most)
}
