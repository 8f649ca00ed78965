/**
 * Arithmetic with {@link Cost}: an interval of money, as decimal strings.
 *
 * @module
 */
import type { Cost } from '../protocol.ts'
import { formatUsd } from './pico.ts'

export const NO_COST: Cost = { lowPico: '0', highPico: '0' }

/** The cost of one attempt without a known price: in neither bound, but counted as unpriced. */
export const UNPRICED_COST: Cost = { lowPico: '0', highPico: '0', unpriced: 1 }

export function exactCost(pico: bigint): Cost {
  return costBetween(pico, pico)
}

/**
 * A cost of which only the bounds are known.
 *
 * @throws RangeError if `low` is negative or above `high`, which would hide money.
 */
export function costBetween(low: bigint, high: bigint): Cost {
  if (low < 0n || low > high) throw new RangeError(`A cost lies between 0 <= low <= high, not ${low} and ${high}`)
  return { lowPico: low.toString(), highPico: high.toString() }
}

/** How prices that no list has may stand to the usual ones, in whole percent: those of a tier of service, or of a refusal. */
export interface PriceRange {
  readonly leastPercent: number
  readonly mostPercent: number
  /** What is read from a cache costs what it always does. */
  readonly readsAsUsual?: true
}

/** A cost at usual prices, converted to what it may be in another tier of service. */
export function costWithin({ lowPico, highPico }: Cost, { leastPercent, mostPercent }: PriceRange): Cost {
  return costBetween((BigInt(lowPico) * BigInt(leastPercent)) / 100n, mostWithin(BigInt(highPico), mostPercent))
}

/** A percentage of an amount, rounded up. */
export function mostWithin(pico: bigint, percent: number): bigint {
  return (pico * BigInt(percent) + 99n) / 100n
}

export function addCost(a: Cost, b: Cost): Cost {
  const unpriced = (a.unpriced ?? 0) + (b.unpriced ?? 0)
  return {
    lowPico: (BigInt(a.lowPico) + BigInt(b.lowPico)).toString(),
    highPico: (BigInt(a.highPico) + BigInt(b.highPico)).toString(),
    ...(unpriced > 0 && { unpriced }),
  }
}

/** Whether both bounds are equal and no unpriced attempt is missing from them. */
export function isExactCost(cost: Cost): boolean {
  return cost.lowPico === cost.highPico && !cost.unpriced
}

/**
 * The upper bound in USD, as a decimal string. It is what people are shown as the cost, since the money may have been spent. Unpriced
 * attempts are not in it.
 */
export function costUsd(cost: Cost): string {
  return formatUsd(BigInt(cost.highPico))
}
