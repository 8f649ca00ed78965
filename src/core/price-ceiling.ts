/**
 * Ceilings of prices, kind by kind.
 *
 * @module
 */
import type { TokenPrice } from './endpoints.ts'

export const PRICE_KINDS = ['input', 'cachedInput', 'cacheWrite', 'cacheWriteHour', 'output', 'reasoning'] as const

/** Of each kind the lowest that any of them names. */
export function lowest(ceilings: readonly TokenPrice[]): TokenPrice {
  const combined: { -readonly [K in keyof TokenPrice]?: number } = {}
  for (const kind of PRICE_KINDS) {
    const present = ceilings.map(ceiling => ceiling[kind]).filter(most => most !== undefined)
    if (present.length > 0) combined[kind] = Math.min(...present)
  }
  return combined
}

/** Written out kind by kind: it runs for every endpoint in every plan. */
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

export function isAbove(price: number | undefined, most: number | undefined): boolean {
  return most !== undefined && (price === undefined || price > most)
}
