import { sql } from 'kysely'
import type { SharedLimit } from '../../core/budgets/shared-limit.ts'
import type { BudgetHolder, BudgetStanding } from '../../core/ports.ts'
import { inPages } from '../in-pages.ts'
import type { BudgetLimitTable, ReservationTable, ScopeTable } from '../schema.ts'
import { all, ask, one, type Statement, together, type Work } from '../work.ts'
import { limitsIn, limitsSet, limitsWith, setFor } from './limits-now.ts'
import { waitersOf } from './waits.ts'

export const scopeById: Statement<{ scopeId: string }, ScopeTable> = ({ scopeId }, { queries }) =>
  queries.selectFrom('scopes').selectAll().where('scope_id', '=', scopeId)

type HolderRow = Pick<ReservationTable, 'attempt_id' | 'pico' | 'tokens'> & {
  run_id: string
  endpoint: string
  started_at_ms: number
}

const holdersOf: Statement<{ scopeId: string }, HolderRow> = ({ scopeId }, { queries }) =>
  queries
    .selectFrom('reservations')
    .innerJoin('attempts', 'attempts.attempt_id', 'reservations.attempt_id')
    .select([
      'reservations.attempt_id',
      'reservations.pico',
      'reservations.tokens',
      'attempts.run_id',
      'attempts.endpoint',
      'attempts.started_at_ms',
    ])
    .where('reservations.scope_id', '=', scopeId)
    .orderBy('attempts.started_at_ms')
    .orderBy('reservations.attempt_id')

/** How each budget stands; one from which nobody has spent stands at nothing. */
export function* standingOf(shared: readonly SharedLimit[]): Work<BudgetStanding[]> {
  const set = yield* limitsSet(shared)
  return yield* inPages(limitsWith(shared, set), page =>
    together(...page.map(limit => standingAt(limit, setFor(limit, set)))),
  )
}

function* standingAt(limit: SharedLimit, set: BudgetLimitTable | undefined): Work<BudgetStanding> {
  const { scopeId } = limit
  const [scope, holders, waiters] = yield* together(
    one(scopeById, { scopeId }),
    all(holdersOf, { scopeId }),
    waitersOf(scopeId),
  )
  return { ...standingIn(limit, scope, set), holders: holders.map(holderOf), waiters }
}

/** Scopes by how their ids begin, those that have spent most first. */
export function* spentScopes(beginning: string, by: 'money' | 'tokens', most: number): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('scopes')
      .select('scope_id')
      .where(beginsWithAny('scope_id', [beginning]))
      // Money is a decimal text without leading zeros: of two the longer one is more.
      .$if(by === 'tokens', query => query.orderBy('spent_tokens', 'desc'))
      .orderBy(sql`length(spent_pico)`, 'desc')
      .orderBy('spent_pico', 'desc')
      .orderBy('scope_id')
      .limit(most),
  )
  return rows.map(({ scope_id }) => scope_id)
}

function standingIn(
  { warnAt: _, ownLimits: __, ...limit }: SharedLimit,
  scope: ScopeTable | undefined,
  set: BudgetLimitTable | undefined,
): Omit<BudgetStanding, 'holders' | 'waiters'> {
  return {
    ...limit,
    ...(set && { set: { ...limitsIn(set), setAtMs: set.set_at_ms } }),
    spentPico: scope?.spent_pico ?? '0',
    spentTokens: scope?.spent_tokens ?? 0,
    reservedPico: scope?.reserved_pico ?? '0',
    reservedTokens: scope?.reserved_tokens ?? 0,
  }
}

function holderOf(row: HolderRow): BudgetHolder {
  return {
    runId: row.run_id,
    attemptId: row.attempt_id,
    endpoint: row.endpoint,
    ...(row.pico !== null && { pico: row.pico }),
    tokens: row.tokens,
    sinceMs: row.started_at_ms,
  }
}
