/**
 * What an attempt that ended has cost, as an interval.
 *
 * @module
 */
import type { Endpoint, Price, TokenPrice } from '../../../src/core/endpoints.ts'
import { costBetween, costWithin, exactCost, NO_COST, type PriceRange } from '../../../src/core/money/cost.ts'
import { pricedUsage, type TokenKind } from '../../../src/core/money/price-of.ts'
import type { ReplyAnswer, ReplyFault, WorstCase } from '../../../src/core/ports.ts'
import type { Cost } from '../../../src/core/protocol.ts'
import type { Usage } from '../../../src/core/usage.ts'

/**
 * What a reply has cost; `undefined` if the endpoint has no known price for what was used.
 *
 * A cost that the vendor reported wins. Otherwise it is the usage times the price list. If the vendor served it in a tier that no
 * list has prices for, the tier's range gives the bounds. Without usage, and for an answer that was cut or aborted, it lies
 * between nothing and the worst case, because vendors differ in what they bill for that. A fault that no vendor bills costs nothing.
 */
export function costOfReply(
  reply: ReplyAnswer | ReplyFault,
  endpoint: Endpoint,
  worstCase: WorstCase,
): Cost | undefined {
  if (reply.kind === 'fault' && !reply.whole) return reply.billable === 'no' ? NO_COST : upTo(worstCase)
  if (reply.reportedCostPico !== undefined) return exactCost(BigInt(reply.reportedCostPico))
  const { usage = {}, priceRange } = reply
  const price = priceRange?.readsAsUsual ? withWholeReads(endpoint.price, priceRange) : endpoint.price
  const priced = pricedUsage(usage, price)
  if (priced.kind === 'unmetered') return upTo(worstCase)
  const cost = priced.kind === 'priced' ? exactCost(priced.pico) : costOfReads(usage, price, priced.missing)
  return cost && priceRange ? costWithin(cost, priceRange) : cost
}

/** A price list of which the range then takes its share, but for what is read from a cache. */
function withWholeReads(price: Price | undefined, { mostPercent }: PriceRange): Price | undefined {
  const whole = <Prices extends TokenPrice>(prices: Prices): Prices =>
    prices.cachedInput === undefined ? prices : { ...prices, cachedInput: (prices.cachedInput * 100) / mostPercent }
  return price && { ...whole(price), ...(price.tiers && { tiers: price.tiers.map(whole) }) }
}

/**
 * Bounds for a usage with cache reads that have no price, as in half of the price lists: they cost between nothing and the price
 * of other input, since no vendor bills them higher.
 */
function costOfReads(
  { cacheReadTokens = 0, inputTokens = 0, ...usage }: Usage,
  price: Price | undefined,
  missing: TokenKind,
): Cost | undefined {
  if (missing !== 'cachedInput') return undefined
  const high = pricedUsage({ ...usage, inputTokens }, price)
  const low = pricedUsage({ ...usage, inputTokens: Math.max(0, inputTokens - cacheReadTokens) }, price)
  return low.kind === 'priced' && high.kind === 'priced' ? costBetween(low.pico, high.pico) : undefined
}

/** A cost between nothing and what was reserved; `undefined` without a price. */
function upTo({ pico }: WorstCase): Cost | undefined {
  return pico === undefined ? undefined : costBetween(0n, BigInt(pico))
}
