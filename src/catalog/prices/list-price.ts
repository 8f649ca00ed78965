/**
 * Which source prices a model: `@pydantic/genai-prices` where it does, else models.dev, else nobody.
 *
 * @module
 */
import type { Price, TokenPrice } from '../../core/endpoints.ts'
import type { SnapshotCost } from '../snapshot.ts'
import { packagePrice } from './package-price.ts'
import { snapshotPrice } from './snapshot-price.ts'

export type PriceSource = 'genai-prices' | 'models.dev'

export interface ListPrice {
  readonly price?: Price
  readonly source?: PriceSource
  /** The vendor's price depends on the hour; the dearest hour is taken, so that a bound computed from it holds. */
  readonly hourly?: boolean
}

/**
 * The price of a model by the published lists.
 *
 * Where both sources name the same input and output price they describe the same list, and models.dev fills in the
 * kinds that the package lacks (cache writes, mostly). Where they differ the package stands alone.
 */
export function listPrice(providerId: string, upstream: string, cost: SnapshotCost | undefined, at: Date): ListPrice {
  const newer = packagePrice(providerId, upstream, at)
  const older = snapshotPrice(cost)
  if (!newer) return older ? { price: older, source: 'models.dev' } : {}
  if (!newer.price) return {}
  return {
    price: older && agree(newer.price, older) ? completed(newer.price, older) : newer.price,
    source: 'genai-prices',
    ...(newer.hourly ? { hourly: true } : {}),
  }
}

function agree(a: TokenPrice, b: TokenPrice): boolean {
  return a.input === b.input && a.output === b.output
}

/** Not where either has tiers: a kind added to the base alone would be too cheap above the threshold. */
function completed(price: Price, older: Price): Price {
  return price.tiers || older.tiers ? price : { ...older, ...price }
}
