/**
 * What calls of tools were charged, added up.
 *
 * @module
 */
import { exactCost } from '../../core/money/cost.ts'
import type { Cost } from '../../core/protocol.ts'

/** Calls that cost the same, as the database counts them: sums of texts are exact so, and a tool has few prices. */
export interface PricedCalls {
  readonly price_pico: string | null
  readonly count: number
}

export function picoOf({ price_pico, count }: PricedCalls): bigint {
  return BigInt(price_pico ?? 0) * BigInt(count)
}

export function costOfCalls(calls: readonly PricedCalls[]): Cost {
  return exactCost(calls.reduce((sum, one) => sum + picoOf(one), 0n))
}
