/**
 * Prices as models.dev has them.
 *
 * @module
 */
import type { Price, PriceTier, TokenPrice } from '../../core/endpoints.ts'
import type { SnapshotCost, SnapshotTokenCost } from '../snapshot.ts'

/**
 * The price of a snapshot entry, or `undefined` where it has none that holds for every call.
 *
 * A cost of 0 means "free or part of a plan" there, so a 0 is as unknown as an absent field; so is an entry that
 * also charges by the request or for quoted tokens, which no usage counts.
 */
export function snapshotPrice(cost: SnapshotCost | undefined): Price | undefined {
  if (!cost || cost.request || cost.citation) return undefined
  const price = tokenPrice(cost)
  if (price.input === undefined && price.output === undefined) return undefined
  const tiers = (cost.tiers ?? []).map((tier): PriceTier => ({ above: tier.tier.size, ...tokenPrice(tier) }))
  if (tiers.length === 0) return price
  return { ...price, tiers: tiers.sort((a, b) => a.above - b.above) }
}

function tokenPrice(cost: SnapshotTokenCost): TokenPrice {
  return {
    ...(cost.input ? { input: wholePico(cost.input) } : {}),
    ...(cost.cache_read ? { cachedInput: wholePico(cost.cache_read) } : {}),
    ...(cost.cache_write ? { cacheWrite: wholePico(cost.cache_write) } : {}),
    ...(cost.cache_write_1h ? { cacheWriteHour: wholePico(cost.cache_write_1h) } : {}),
    ...(cost.output ? { output: wholePico(cost.output) } : {}),
    ...(cost.reasoning ? { reasoning: wholePico(cost.reasoning) } : {}),
  }
}

/**
 * A listed price without what dividing and multiplying left in it, such as 0.049999999999999996: six decimals of USD per million
 * tokens are one pico-dollar a token.
 */
export function wholePico(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6) / 1e6
}
