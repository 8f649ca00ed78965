/**
 * Tells a webhook that a budget runs low.
 *
 * @module
 */
import type { Alert } from '../../core/alert.ts'
import { warningFigures } from '../../core/budgets/warning-figures.ts'
import type { BudgetWarning } from '../../core/ports.ts'
import { postAlert } from './post-alert.ts'

/** Posts a warning: figures and the budget's name, nothing of any run. Gives what went wrong, without the address. */
export async function announceWarning(url: string, warning: BudgetWarning): Promise<string | undefined> {
  return postAlert(url, budgetAlert(warning, Date.now()))
}

function budgetAlert(warning: BudgetWarning, atMs: number): Alert {
  const { endsAtMs, budget, share } = warning
  return {
    kind: 'budget-warning',
    state: 'begun',
    subject: budget,
    message: `the budget ${budget} is spent to ${Math.round(share * 100)} % or more`,
    at: new Date(atMs).toISOString(),
    ...warningFigures(warning),
    ...(endsAtMs !== undefined && { periodEndsAt: new Date(endsAtMs).toISOString() }),
  }
}
