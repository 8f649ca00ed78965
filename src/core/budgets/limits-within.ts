/**
 * The limits that apply to a run together with the runs above it.
 *
 * @module
 */
import { lesser } from '../lesser.ts'
import { picoOfUsd } from '../money/pico.ts'
import type { Budget } from '../protocol.ts'

/**
 * A run's own limits combined with those of the runs above it. Of money and of tokens the lowest limit applies. Each run counts steps and
 * time for itself. People are asked if its terms say so, or those of a run above.
 *
 * @param above - The budgets of the runs above, in any order.
 */
export function limitsWithin(own: Budget, above: readonly Budget[]): Budget {
  const all = [own, ...above]
  const usd = all.map(budget => budget.usd).reduce(lessUsd)
  const tokens = all.map(budget => budget.tokens).reduce(lesser)
  return {
    ...own,
    ...(usd !== undefined && { usd }),
    ...(tokens !== undefined && { tokens }),
    ...(above.some(({ onShort }) => onShort === 'ask') && { onShort: 'ask' as const }),
  }
}

function lessUsd(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const what = 'A run was opened with a budget that is not an amount'
  return picoOfUsd(b, what) < picoOfUsd(a, what) ? b : a
}
