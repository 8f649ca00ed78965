/**
 * One price for a call, out of a price list, in floats: for comparing endpoints, never for the ledger.
 *
 * @module
 */
import type { Price } from '../endpoints.ts'
import type { CallNeeds } from './route.ts'

/**
 * The expected price of a call in USD per million of its tokens, with nothing cached and its whole output used. Infinite
 * where input or output has no known price, so that the unknown ranks last.
 */
export function blendedPrice(
  price: Price | undefined,
  { promptTokens, outputTokens }: Pick<CallNeeds, 'promptTokens' | 'outputTokens'>,
): number {
  if (!price) return Number.POSITIVE_INFINITY
  if (price.free) return 0
  let { input, output } = price
  if (price.tiers)
    for (const tier of price.tiers)
      if (promptTokens > tier.above) {
        input = tier.input ?? input
        output = tier.output ?? output
      }
  if (input === undefined || output === undefined) return Number.POSITIVE_INFINITY
  const tokens = promptTokens + outputTokens
  return tokens === 0 ? input + output : (input * promptTokens + output * outputTokens) / tokens
}
