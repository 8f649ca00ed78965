/**
 * Measures how far shared budgets are spent, aside from the calls that spend them.
 *
 * @module
 */
import type { SharedBudget } from '../../core/budgets/shared-budget.ts'
import { limitAt, shareSpent } from '../../core/budgets/shared-limit.ts'
import type { BudgetPort, BudgetStanding } from '../../core/ports.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import type { Metrics } from './metrics.ts'

/** Scrapers come every 15 to 60 s. */
const EVERY_MS = 15_000

/**
 * Looks at once and then regularly, until the returned function is called. A store out of reach is looked at again later.
 * Where each value of a label has a limit nothing is measured: there may be thousands, and each would be a series.
 */
export function measureBudgets(
  budgets: () => readonly SharedBudget[],
  port: Pick<BudgetPort, 'standing'>,
  metrics: Pick<Metrics, 'budget'>,
): () => void {
  let measured: readonly string[] = []
  const look = async () => {
    const limits = budgets()
      .filter(({ scope }) => scope.each === undefined)
      .map(budget => limitAt(budget, Date.now()))
    const names = limits.map(({ budget }) => budget)
    // A gauge keeps its last value: one over 0.8 would be looked at for ever.
    for (const name of measured) if (!names.includes(name)) metrics.budget(name, 0)
    measured = names
    if (limits.length === 0) return
    const standings = await unlessStoreFails(port.standing(limits), [])
    for (const standing of standings) metrics.budget(standing.budget, shareOf(standing))
  }
  void look()
  const timer = setInterval(() => void look(), EVERY_MS).unref()
  return () => clearInterval(timer)
}

function shareOf(standing: BudgetStanding): number {
  return shareSpent(standing, { pico: BigInt(standing.spentPico), tokens: standing.spentTokens })
}
