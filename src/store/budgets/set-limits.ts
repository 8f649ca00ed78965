import { sql } from 'kysely'
import type { SetLimits } from '../../core/ports.ts'
import type { BudgetLimitTable } from '../schema.ts'
import { type Statement, tell, type Work } from '../work.ts'

/** One statement: two people who set one limit each at the same moment have both. */
const upsertLimits: Statement<BudgetLimitTable, unknown> = (row, { queries }) =>
  queries
    .insertInto('budget_limits')
    .values(row)
    .onConflict(conflict =>
      conflict.column('budget').doUpdateSet(({ fn, ref }) => ({
        limit_pico: fn.coalesce(ref('excluded.limit_pico'), ref('budget_limits.limit_pico')),
        limit_tokens: fn.coalesce(ref('excluded.limit_tokens'), ref('budget_limits.limit_tokens')),
        set_at_ms: ref('excluded.set_at_ms'),
      })),
    )

const deleteLimits: Statement<{ budget: string }, unknown> = ({ budget }, { queries }) =>
  queries.deleteFrom('budget_limits').where('budget', '=', budget)

/** Of every period: the names of their scopes begin with the budget's, in which no colon may be. */
const deleteWarnings: Statement<{ beginning: string; length: number }, unknown> = (
  { beginning, length },
  { queries },
) => queries.deleteFrom('budget_warnings').where(sql<string>`substr(scope_id, 1, ${length})`, '=', beginning)

/**
 * Replaces what was set before, but not a limit that is absent; `undefined` gives the budget back to the configuration. Of the new limits
 * people are told anew: half of a limit that was raised is another amount than the half of which they know.
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
