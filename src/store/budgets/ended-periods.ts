import { endOfScope } from '../../core/budgets/shared-limit.ts'
import { DAY_MS, HOUR_MS } from '../../core/durations.ts'
import type { Connection } from '../connection.ts'
import { ask, type Work } from '../work.ts'

/** Longer than any call lasts that began in a period. */
const KEPT_MS = DAY_MS

/** No period is shorter. */
const LOOK_EVERY_MS = HOUR_MS

/** Rows that one transaction looks at. */
const SLICE = 500

type Table = 'scopes' | 'budget_warnings'

/** Forgets the rows of budgets in periods that are over: with a limit for each value of a label there is one for each value and period. */
export function createPeriodSweep(connection: Connection): (nowMs: number) => Promise<void> {
  let dueAtMs = 0
  return async nowMs => {
    if (nowMs < dueAtMs) return
    dueAtMs = nowMs + LOOK_EVERY_MS
    // In this order: the warnings of a scope that stays are not told once more.
    await sweepTable(connection, 'scopes', nowMs)
    await sweepTable(connection, 'budget_warnings', nowMs)
  }
}

async function sweepTable({ read, write }: Connection, table: Table, nowMs: number): Promise<void> {
  let after = ''
  for (;;) {
    const ids = await read(() => scopeIds(table, after))
    const over = ids.filter(scopeId => (endOfScope(scopeId) ?? nowMs) <= nowMs - KEPT_MS)
    if (over.length > 0) await write(() => (table === 'scopes' ? dropScopes(over) : dropWarnings(over)))
    if (ids.length < SLICE) return
    after = ids.at(-1)!
  }
}

/** The scopes of budgets, in the order of an index: each slice is read from where the last one ended. */
function* scopeIds(table: Table, after: string): Work<string[]> {
  const rows = yield* ask(({ queries, byBytes, beginsWithAny }) =>
    queries
      .selectFrom(table)
      .select(byBytes('scope_id').as('scope_id'))
      .distinct()
      .where(byBytes('scope_id'), '>', after)
      .where(beginsWithAny('scope_id', ['budget:']))
      .orderBy(byBytes('scope_id'))
      .limit(SLICE),
  )
  return rows.map(({ scope_id }) => scope_id)
}

/** The sums are looked at as well: PostgreSQL sees those of an attempt that reserves at this moment, but not its reservation. */
function* dropScopes(scopeIds: readonly string[]): Work<void> {
  yield* ask(({ queries }) =>
    queries
      .deleteFrom('scopes')
      .where('scope_id', 'in', scopeIds)
      .where('reserved_pico', '=', '0')
      .where('reserved_tokens', '=', 0)
      .where('scope_id', 'not in', queries.selectFrom('reservations').select('scope_id')),
  )
}

function* dropWarnings(scopeIds: readonly string[]): Work<void> {
  yield* ask(({ queries }) =>
    queries
      .deleteFrom('budget_warnings')
      .where('scope_id', 'in', scopeIds)
      .where('scope_id', 'not in', queries.selectFrom('scopes').select('scope_id').where('scope_id', 'in', scopeIds)),
  )
}
