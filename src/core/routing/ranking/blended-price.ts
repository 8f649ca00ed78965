/**
 * A single price for comparing endpoints, from a price list. In floating point, so never for the ledger.
 *
 * @module
 */
import type { Price } from '../../endpoints.ts'
import type { CallNeeds } from '../call/call-needs.ts'

/**
 * The expected price of a call in USD per million of its tokens, if nothing is cached and the whole output is used. Infinite if the input's
 * or the output's price is unknown, so that such endpoints rank last.
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
