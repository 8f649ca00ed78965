import { NO_STARTS, type Starts } from '../../core/routing/limits/admission.ts'
import { insertOnce } from '../insert-once.ts'
import type { LimitStartsTable } from '../schema.ts'
import { ask, one, type Statement, tell, type Work } from '../work.ts'

const findLocked: Statement<{ scopeId: string }, LimitStartsTable> = ({ scopeId }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('limit_starts').selectAll().where('scope_id', '=', scopeId))

const insertRow = insertOnce('limit_starts')

const updateRow: Statement<LimitStartsTable, unknown> = ({ scope_id, ...changes }, { queries }) =>
  queries.updateTable('limit_starts').set(changes).where('scope_id', '=', scope_id)

const deleteRow: Statement<{ scopeId: string }, unknown> = ({ scopeId }, { queries }) =>
  queries.deleteFrom('limit_starts').where('scope_id', '=', scopeId)

/** The row is the lock of all that a scope hands out. Whoever sweeps may take it away just when somebody else has made it. */
export function* lockStarts(scopeId: string): Work<Starts> {
  for (;;) {
    const found = yield* one(findLocked, { scopeId })
    if (found) return startsOf(found)
    yield* tell(insertRow, rowOf(scopeId, NO_STARTS))
  }
}

export const keepStarts = (scopeId: string, starts: Starts) => tell(updateRow, rowOf(scopeId, starts))

export function* scopesWithStarts(): Work<string[]> {
  return (yield* ask(({ queries }) => queries.selectFrom('limit_starts').select('scope_id'))).map(row => row.scope_id)
}

export const dropStarts = (scopeId: string) => tell(deleteRow, { scopeId })

/** A worker of an earlier version counts all priorities as one. A row that it wrote last says so by `served`. */
function startsOf({ requests_at_ms, tokens_at_ms, served: ofAll, served_by }: LimitStartsTable): Starts {
  const byPriority = JSON.parse(served_by ?? '{}') as Starts['served']
  const served = ofAll > highest(byPriority) ? { 1: ofAll, 2: ofAll, 3: ofAll, 4: ofAll, 5: ofAll } : byPriority
  return { requestsAtMs: requests_at_ms, tokensAtMs: tokens_at_ms, served }
}

function rowOf(scopeId: string, { requestsAtMs, tokensAtMs, served }: Starts): LimitStartsTable {
  const tags = { served: highest(served), served_by: JSON.stringify(served) }
  return { scope_id: scopeId, requests_at_ms: requestsAtMs, tokens_at_ms: tokensAtMs, ...tags }
}

const highest = (served: Starts['served']) => Math.max(0, ...Object.values(served))
