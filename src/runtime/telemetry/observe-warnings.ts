/**
 * Budgets that count each warning which is given out.
 *
 * @module
 */
import type { BudgetPort } from '../../core/ports.ts'
import type { Metrics } from './metrics.ts'

export function observeWarnings(budgets: BudgetPort, metrics: Pick<Metrics, 'budgetWarned'>): BudgetPort {
  return {
    ...budgets,
    async warnings(...asked) {
      const warnings = await budgets.warnings(...asked)
      // Its share may be any, and each would be a series.
      for (const { budget, share, turnsAway } of warnings) if (!turnsAway) metrics.budgetWarned(budget, share)
      return warnings
    },
  }
}
