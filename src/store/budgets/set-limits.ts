import type { SetLimits } from '../../core/ports.ts'
import type { BudgetLimitTable } from '../schema.ts'
import { type Statement, tell, type Work } from '../work.ts'

const upsertLimits: Statement<BudgetLimitTable, unknown> = (row, { queries }) => {
  const { budget: _, ...limits } = row
  return queries
    .insertInto('budget_limits')
    .values(row)
    .onConflict(conflict => conflict.column('budget').doUpdateSet(limits))
}

const deleteLimits: Statement<{ budget: string }, unknown> = ({ budget }, { queries }) =>
  queries.deleteFrom('budget_limits').where('budget', '=', budget)

/** Replaces what was set before; `undefined` gives the budget back to the configuration. */
export function* setLimits(budget: string, limits: SetLimits | undefined): Work<void> {
  if (!limits) return yield* tell(deleteLimits, { budget })
  const { limitPico, limitTokens, setAtMs } = limits
  yield* tell(upsertLimits, {
    budget,
    limit_pico: limitPico ?? null,
    limit_tokens: limitTokens ?? null,
    set_at_ms: setAtMs,
  })
}
