import type { SharedLimit } from '../../core/budgets/shared-limit.ts'
import type { BudgetLimitTable } from '../schema.ts'
import { all, type Statement, together, type Work } from '../work.ts'

/** The statement that is kept compiled has room for so many; few calls count towards more budgets. */
const NAMES = 8

/** Each value of a label may have limits, so there may be thousands in all. */
const limitsOf: Statement<Readonly<Record<number, string>>, BudgetLimitTable> = (names, { queries }) =>
  queries.selectFrom('budget_limits').selectAll().where('budget', 'in', Object.values(names))

/** The limits that hold now: those that people have set before those of the configuration. */
export function* limitsNow(shared: readonly SharedLimit[]): Work<SharedLimit[]> {
  if (shared.length === 0) return []
  return limitsWith(shared, yield* limitsSet(shared))
}

/** The same, where it was looked up what people have set. */
export function limitsWith(shared: readonly SharedLimit[], set: SetByName): SharedLimit[] {
  return shared.map(limit => ({ ...limit, ...limitsIn(set.get(limit.budget)), ...limitsIn(ownOf(limit, set)) }))
}

/** What people have set, by name. */
export type SetByName = ReadonlyMap<string, BudgetLimitTable>

export function* limitsSet(shared: readonly SharedLimit[]): Work<SetByName> {
  const names = [...new Set(shared.flatMap(({ budget, ownLimits }) => [budget, ownLimits ?? budget]))]
  const pages = Array.from({ length: Math.ceil(names.length / NAMES) }, (_, page) =>
    // No budget is called ''.
    Array.from({ length: NAMES }, (_, index) => names[page * NAMES + index] ?? ''),
  )
  const found = yield* together(...pages.map(page => all(limitsOf, page)))
  return new Map(found.flat().map(row => [row.budget, row]))
}

/** What was set for this very limit. For that of one value, what was set for all values is something else. */
export function setFor(limit: SharedLimit, set: SetByName): BudgetLimitTable | undefined {
  return limit.ownLimits === undefined ? set.get(limit.budget) : ownOf(limit, set)
}

function ownOf({ ownLimits }: SharedLimit, set: SetByName): BudgetLimitTable | undefined {
  return ownLimits === undefined ? undefined : set.get(ownLimits)
}

/** The limits of a row that hold; those it does not name are the configuration's. */
export function limitsIn(row: BudgetLimitTable | undefined): Pick<SharedLimit, 'limitPico' | 'limitTokens'> {
  return {
    ...(row && row.limit_pico !== null && { limitPico: row.limit_pico }),
    ...(row && row.limit_tokens !== null && { limitTokens: row.limit_tokens }),
  }
}
