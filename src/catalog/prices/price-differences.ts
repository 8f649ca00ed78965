/**
 * Where the two price lists disagree.
 *
 * @module
 */
import type { Price } from '../../core/endpoints.ts'
import { type Authors, namesOf } from '../model-names.ts'
import type { Snapshot } from '../snapshot.ts'
import { packagePrice } from './package-price.ts'
import { snapshotPrice } from './snapshot-price.ts'

/** Two sources that price one endpoint differently. The first one is used. */
export interface PriceDifference {
  readonly endpoint: string
  readonly used: Price
  readonly other: Price
}

/** Endpoints that both lists price, differently in a kind that both name. */
export function priceDifferences(snapshot: Snapshot, authors: Authors, at: Date): readonly PriceDifference[] {
  const differences: PriceDifference[] = []
  for (const [id, provider] of Object.entries(snapshot.providers)) {
    for (const [upstream, model] of namesOf(id, provider, authors)) {
      const used = packagePrice(id, upstream, at)?.price
      const other = snapshotPrice(provider.models[upstream]?.cost)
      if (used && other && differ(used, other)) differences.push({ endpoint: `${id}:${model}`, used, other })
    }
  }
  return differences
}

/** Thresholds one token apart are the same one, read as "more than" or as "at least". */
function differ(a: Price, b: Price): boolean {
  const kinds = ['input', 'cachedInput', 'cacheWrite', 'output', 'reasoning'] as const
  const apart = (x: Price, y: Price) =>
    kinds.some(kind => x[kind] !== undefined && y[kind] !== undefined && x[kind] !== y[kind])
  if (apart(a, b)) return true
  const [tiers, others] = [a.tiers ?? [], b.tiers ?? []]
  if (tiers.length !== others.length) return true
  return tiers.some((tier, at) => Math.abs(tier.above - others[at]!.above) > 1 || apart(tier, others[at]!))
}
