/**
 * The most that an attempt can cost, which a budget reserves before it starts.
 *
 * @module
 */
import type { Price, TokenPrice } from '../endpoints.ts'
import { picoPerMillion } from './pico.ts'
import { perToken, priceAt } from './price-of.ts'

export interface WorstCaseInput {
  /** An upper bound of the prompt's tokens. */
  readonly promptTokens: number
  /** The output limit in the outgoing body, thinking included. */
  readonly maxOutputTokens: number
  readonly price: Price | undefined
}

/**
 * The worst case in pico-dollars. Every prompt token costs the highest of the input, cache-read and cache-write prices, every output token
 * the higher of output and reasoning, in the dearest tier that the prompt can reach. Nothing is assumed to be cached.
 *
 * `undefined` if the endpoint has no price for input or output, so that no limit can be promised.
 */
export function worstCase({ promptTokens, maxOutputTokens, price }: WorstCaseInput): bigint | undefined {
  if (price?.free) return 0n
  if (price?.input === undefined || price.output === undefined) return undefined
  const reachable = [0, ...(price.tiers ?? []).map(tier => tier.above + 1)]
    .filter(tokens => tokens <= promptTokens)
    .map(tokens => priceAt(price, tokens))
  const prompt = dearest(reachable, ['input', 'cachedInput', 'cacheWrite', 'cacheWriteHour'])
  const output = dearest(reachable, ['output', 'reasoning'])
  return perToken(BigInt(promptTokens) * prompt + BigInt(maxOutputTokens) * output)
}

function dearest(prices: readonly TokenPrice[], kinds: readonly (keyof TokenPrice)[]): bigint {
  const each = prices.flatMap(price => kinds.map(kind => price[kind] ?? 0))
  return picoPerMillion(Math.max(...each))
}
