/**
 * What a call will probably cost, in floats: for comparing endpoints, never for the ledger.
 *
 * @module
 */
import type { Price, TokenPrice } from '../endpoints.ts'
import type { CallNeeds } from './route.ts'

/**
 * The expected price of a call in USD per million of its tokens, with nothing cached and its whole output used. Infinite
 * where input or output has no known price, so that the unknown ranks last.
 */
export function blendedPrice(price: Price | undefined, { promptTokens, outputTokens }: CallNeeds): number {
  if (!price) return Number.POSITIVE_INFINITY
  if (price.free) return 0
  const input = tierPrice(price, 'input', promptTokens)
  const output = tierPrice(price, 'output', promptTokens)
  if (input === undefined || output === undefined) return Number.POSITIVE_INFINITY
  const tokens = promptTokens + outputTokens
  return tokens === 0 ? input + output : (input * promptTokens + output * outputTokens) / tokens
}

function tierPrice(price: Price, kind: keyof TokenPrice, promptTokens: number): number | undefined {
  let each = price[kind]
  if (price.tiers) for (const tier of price.tiers) if (promptTokens > tier.above) each = tier[kind] ?? each
  return each
}
