import { NO_STARTS, type Starts } from '../../core/routing/admission.ts'
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

/** A row that an earlier version wrote has one tag for all priorities. */
function startsOf({ requests_at_ms, tokens_at_ms, served, served_by }: LimitStartsTable): Starts {
  const ofAll = { 1: served, 2: served, 3: served, 4: served, 5: served }
  return {
    requestsAtMs: requests_at_ms,
    tokensAtMs: tokens_at_ms,
    served: served_by === null ? ofAll : (JSON.parse(served_by) as Starts['served']),
  }
}

function rowOf(scopeId: string, { requestsAtMs, tokensAtMs, served }: Starts): LimitStartsTable {
  const highest = Math.max(0, ...Object.values(served))
  const tags = { served: highest, served_by: JSON.stringify(served) }
  return { scope_id: scopeId, requests_at_ms: requestsAtMs, tokens_at_ms: tokensAtMs, ...tags }
}
