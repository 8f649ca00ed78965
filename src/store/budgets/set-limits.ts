import { sql } from 'kysely'
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

/** Of every period: the names of their scopes begin with the budget's, in which no colon may be. */
const deleteWarnings: Statement<{ beginning: string; length: number }, unknown> = (
  { beginning, length },
  { queries },
) => queries.deleteFrom('budget_warnings').where(sql<string>`substr(scope_id, 1, ${length})`, '=', beginning)

/**
 * Replaces what was set before; `undefined` gives the budget back to the configuration. Of the new limits people are told anew: half of
 * a limit that was raised is another amount than the half of which they know.
 */
export function* setLimits(budget: string, limits: SetLimits | undefined): Work<void> {
  const beginning = `budget:${budget}:`
  yield* tell(deleteWarnings, { beginning, length: [...beginning].length })
  if (!limits) return yield* tell(deleteLimits, { budget })
  const { limitPico, limitTokens, setAtMs } = limits
  yield* tell(upsertLimits, {
    budget,
    limit_pico: limitPico ?? null,
    limit_tokens: limitTokens ?? null,
    set_at_ms: setAtMs,
  })
}
