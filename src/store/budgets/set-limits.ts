import type { SetLimits } from '../../core/ports.ts'
import { pagesOf } from '../in-pages.ts'
import type { BudgetLimitTable } from '../schema.ts'
import { ask, one, type Statement, tell, type Work } from '../work.ts'

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

const deleteLimits: Statement<{ name: string }, BudgetLimitTable> = ({ name }, { queries }) =>
  queries.deleteFrom('budget_limits').where('budget', '=', name).returningAll()

/**
 * Replaces what was set before, but not a limit that is absent; `undefined` gives the budget back to the configuration. People are
 * warned of the new limits anew: half of a limit that was raised is another amount than the half of which they know.
 */
export function* setLimits(name: string, limits: SetLimits | undefined): Work<void> {
  if (limits) {
    const row = rowOf(name, limits)
    yield* tell(upsertLimits, row)
    yield* forgetTold(row)
  } else {
    const row = yield* one(deleteLimits, { name })
    if (row) yield* forgetTold(row)
  }
}

function rowOf(name: string, { limitPico, limitTokens, setAtMs }: SetLimits): BudgetLimitTable {
  return { budget: name, limit_pico: limitPico ?? null, limit_tokens: limitTokens ?? null, set_at_ms: setAtMs }
}

/**
 * Forgets, of every period, which warnings were told of limits that have changed: of the value that the row names, or of all values
 * without limits of their own.
 */
function* forgetTold(changed: BudgetLimitTable): Work<void> {
  const [budget = changed.budget, value] = changed.budget.split(':')
  const own = value === undefined ? yield* ownLimits(budget) : []
  const unchanged = new Set(own.filter(row => holdsBefore(row, changed)).map(row => row.budget))
  const scopeIds = (yield* toldScopes(budget)).filter(scopeId => {
    const of = valueNamed(scopeId)
    return value === undefined ? !unchanged.has(`${budget}:${of}`) : of === value
  })
  for (const page of pagesOf(scopeIds))
    yield* ask(({ queries }) => queries.deleteFrom('budget_warnings').where('scope_id', 'in', page))
}

function holdsBefore(own: BudgetLimitTable, changed: BudgetLimitTable): boolean {
  if (changed.limit_pico !== null && own.limit_pico === null) return false
  return changed.limit_tokens === null || own.limit_tokens !== null
}

/** The last part of a scope's id, as in a name for own limits; in no part is a colon. */
function valueNamed(scopeId: string): string | undefined {
  return scopeId.split(':')[4]
}

/** Budgets of which people have set a limit, by how their names begin, those set last first. */
export function* namesSet(beginning: string, most: number): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('budget_limits')
      .select('budget')
      .where(beginsWithAny('budget', [beginning]))
      .orderBy('set_at_ms', 'desc')
      .orderBy('budget')
      .limit(most),
  )
  return rows.map(({ budget }) => budget)
}

const ownLimits = (budget: string) =>
  ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('budget_limits')
      .selectAll()
      .where(beginsWithAny('budget', [`${budget}:`])),
  )

function* toldScopes(budget: string): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('budget_warnings')
      .select('scope_id')
      .distinct()
      .where(beginsWithAny('scope_id', [`budget:${budget}:`])),
  )
  return rows.map(({ scope_id }) => scope_id)
}
