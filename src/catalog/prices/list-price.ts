/**
 * Which source prices a model: a list that was imported where its price is news, else `@pydantic/genai-prices` where it does, else models.dev, else
 * nobody.
 *
 * @module
 */
import type { Price, TokenPrice } from '../../core/endpoints.ts'
import type { SnapshotCost } from '../snapshot.ts'
import { dearest, packagePrice } from './package-price.ts'
import { snapshotPrice } from './snapshot-price.ts'

export type PriceSource = 'imported' | 'genai-prices' | 'models.dev'

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

/**
 * The price of a model of which an imported list has a newer one. Where the package knows of peak hours, which lists do not say, the
 * dearer of both is taken.
 */
export function importedPrice(
  providerId: string,
  upstream: string,
  cost: SnapshotCost | undefined,
  at: Date,
): ListPrice {
  const imported = snapshotPrice(cost)
  const known = packagePrice(providerId, upstream, at)
  if (!imported) return listPrice(providerId, upstream, undefined, at)
  if (!known?.price) return { price: imported, source: 'imported' }
  if (known.hourly) return { price: dearest(imported, known.price), source: 'imported', hourly: true }
  return { price: agree(imported, known.price) ? completed(imported, known.price) : imported, source: 'imported' }
}

/** Not where either has tiers: a kind added to the base alone would be too cheap above the threshold. */
function completed(price: Price, older: Price): Price {
  return price.tiers || older.tiers ? price : { ...older, ...price }
}
