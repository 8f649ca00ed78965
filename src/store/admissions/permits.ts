import type { Permit } from '../../core/ports.ts'
import type { LimitPermitTable } from '../schema.ts'
import { all, ask, type Statement, tell, type Work } from '../work.ts'

const inScope: Statement<{ scopeId: string }, LimitPermitTable> = ({ scopeId }, { queries }) =>
  queries.selectFrom('limit_permits').selectAll().where('scope_id', '=', scopeId)

const upsert: Statement<LimitPermitTable, unknown> = (row, { queries }) =>
  queries
    .insertInto('limit_permits')
    .values(row)
    .onConflict(conflict => conflict.columns(['scope_id', 'permit_id']).doUpdateSet({ until_ms: row.until_ms }))

const deleteEnded: Statement<{ scopeId: string; beforeMs: number }, unknown> = ({ scopeId, beforeMs }, { queries }) =>
  queries.deleteFrom('limit_permits').where('scope_id', '=', scopeId).where('until_ms', '<', beforeMs)

const deletePermit: Statement<{ permitId: string }, unknown> = ({ permitId }, { queries }) =>
  queries.deleteFrom('limit_permits').where('permit_id', '=', permitId)

/** Requests in flight, and those that are about to leave. One whose worker is gone counts until its time is over. */
export function* permitsIn(scopeId: string, nowMs: number): Work<number> {
  const permits = yield* all(inScope, { scopeId })
  const beforeMs = Math.floor(nowMs)
  const inFlight = permits.filter(({ until_ms }) => until_ms >= beforeMs).length
  if (inFlight < permits.length) yield* tell(deleteEnded, { scopeId, beforeMs })
  return inFlight
}

export const keepPermit = (scopeId: string, permitId: string, untilMs: number) =>
  tell(upsert, { scope_id: scopeId, permit_id: permitId, until_ms: Math.ceil(untilMs) })

/** The request leaves, and counts for as long as it may take: also where a worker has come so late that it counted no more. */
export function* keepWhileOut({ permitId, scopeIds, untilMs }: Permit): Work<void> {
  for (const scopeId of scopeIds) yield* keepPermit(scopeId, permitId, untilMs)
}

/**
 * A request whose worker is believed lost may be out for so long: that worker was silent for as long as its heartbeat may be late, and
 * hears of its loss as soon as it is back. The request of one that was killed has ended with it.
 */
const LOST_MS = 60_000

/** The requests of a call are nobody's any more. */
export function* loseRequestsOf(callId: string, nowMs: number): Work<void> {
  const untilMs = Math.ceil(nowMs + LOST_MS)
  yield* ask(({ queries, beginsWithAny }) =>
    queries
      .updateTable('limit_permits')
      .set({ until_ms: untilMs })
      .where(beginsWithAny('permit_id', [`${callId}#`]))
      .where('until_ms', '>', untilMs),
  )
}

export function* permitIds(): Work<string[]> {
  return (yield* ask(({ queries }) => queries.selectFrom('limit_permits').select('permit_id').distinct())).map(
    row => row.permit_id,
  )
}

/** The call that a permit's id begins with; an id of a call is left as it is. */
export const callOf = (id: string) => id.replace(/#[^#/]*$/, '')

export const giveBack = (permitId: string) => tell(deletePermit, { permitId })
