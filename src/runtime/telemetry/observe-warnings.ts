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
    async warnings(limits, atMs) {
      const warnings = await budgets.warnings(limits, atMs)
      for (const { budget, share } of warnings) metrics.budgetWarned(budget, share)
      return warnings
    },
  }
}
