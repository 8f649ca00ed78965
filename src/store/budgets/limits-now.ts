import type { SharedLimit } from '../../core/budgets/shared-limit.ts'
import type { BudgetLimitTable } from '../schema.ts'
import { all, type Statement, type Work } from '../work.ts'

const everyLimit: Statement<object, BudgetLimitTable> = (_, { queries }) =>
  queries.selectFrom('budget_limits').selectAll()

/** The limits that hold now: those that people have set before those of the configuration. */
export function* limitsNow(shared: readonly SharedLimit[]): Work<SharedLimit[]> {
  if (shared.length === 0) return []
  const set = yield* limitsSet()
  return shared.map(limit => ({ ...limit, ...limitsIn(set.get(limit.budget)) }))
}

/** What people have set, by budget. There are a handful at most, so all of them are read. */
export function* limitsSet(): Work<Map<string, BudgetLimitTable>> {
  return new Map((yield* all(everyLimit, {})).map(row => [row.budget, row]))
}

/** The limits of a row that hold; those it does not name are the configuration's. */
export function limitsIn(row: BudgetLimitTable | undefined): Pick<SharedLimit, 'limitPico' | 'limitTokens'> {
  return {
    ...(row && row.limit_pico !== null && { limitPico: row.limit_pico }),
    ...(row && row.limit_tokens !== null && { limitTokens: row.limit_tokens }),
  }
}
