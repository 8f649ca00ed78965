import { sql } from 'kysely'
import type { SetLimits } from '../../core/ports.ts'
import type { BudgetLimitTable } from '../schema.ts'
import { ask, type Statement, tell, type Work } from '../work.ts'

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

const deleteLimits: Statement<{ name: string }, unknown> = ({ name }, { queries }) =>
  queries.deleteFrom('budget_limits').where('budget', '=', name)

/**
 * Of every period: the names of their scopes begin with the budget's, and end with a value's. In neither is a colon.
 *
 * @param value - Without it those of every value.
 */
function* deleteWarnings(budget: string, value: string | undefined): Work<void> {
  const end = value === undefined ? '' : `:${value}`
  yield* ask(({ queries, beginsWithAny }) =>
    queries
      .deleteFrom('budget_warnings')
      .where(beginsWithAny('scope_id', [`budget:${budget}:`]))
      .where(sql<string>`substr(scope_id, length(scope_id) - ${[...end].length} + 1)`, '=', end),
  )
}

/**
 * Replaces what was set before, but not a limit that is absent; `undefined` gives the budget back to the configuration. Of the new limits
 * people are told anew: half of a limit that was raised is another amount than the half of which they know.
 */
export function* setLimits(name: string, limits: SetLimits | undefined): Work<void> {
  const [budget = name, value] = name.split(':')
  yield* deleteWarnings(budget, value)
  if (!limits) return yield* tell(deleteLimits, { name })
  const { limitPico, limitTokens, setAtMs } = limits
  yield* tell(upsertLimits, {
    budget: name,
    limit_pico: limitPico ?? null,
    limit_tokens: limitTokens ?? null,
    set_at_ms: setAtMs,
  })
}
