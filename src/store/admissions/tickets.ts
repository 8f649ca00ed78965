import type { LimitPlace } from '../../core/ports.ts'
import type { Ticket } from '../../core/routing/limits/admission.ts'
import type { LimitTicketTable } from '../schema.ts'
import { all, ask, type Dialect, type Statement, tell, type Work } from '../work.ts'

/** Who is overdue for so long does not come any more. A minute: a durable timer fires late when its workers restart. */
const GIVEN_UP_MS = 60_000

const inScope: Statement<{ scopeId: string }, LimitTicketTable> = ({ scopeId }, { queries }) =>
  queries.selectFrom('limit_tickets').selectAll().where('scope_id', '=', scopeId)

const upsert: Statement<LimitTicketTable, unknown> = (row, { queries }) =>
  queries
    .insertInto('limit_tickets')
    .values(row)
    .onConflict(conflict =>
      conflict
        .columns(['scope_id', 'call_id'])
        .doUpdateSet({ due_at_ms: row.due_at_ms, asked_tokens: row.asked_tokens }),
    )

const deleteOverdue: Statement<{ scopeId: string; beforeMs: number }, unknown> = ({ scopeId, beforeMs }, { queries }) =>
  queries.deleteFrom('limit_tickets').where('scope_id', '=', scopeId).where('due_at_ms', '<', beforeMs)

const deleteOfCall = ({ callId }: { callId: string }, { queries }: Dialect) =>
  queries.deleteFrom('limit_tickets').where('call_id', '=', callId)

const takeOfCall: Statement<{ callId: string }, LimitTicketTable> = (parameters, dialect) =>
  deleteOfCall(parameters, dialect).returningAll()

export function* ticketsIn(scopeId: string, nowMs: number): Work<Ticket[]> {
  const tickets = (yield* all(inScope, { scopeId })).map(ticketOf)
  const beforeMs = Math.floor(nowMs) - GIVEN_UP_MS
  if (tickets.some(({ dueAtMs }) => dueAtMs < beforeMs)) yield* tell(deleteOverdue, { scopeId, beforeMs })
  return tickets.filter(({ dueAtMs }) => dueAtMs >= beforeMs)
}

export function* keepTicket(scopeId: string, ticket: Ticket): Work<void> {
  const { callId, workspace, priority, tag, tokens, sinceMs, dueAtMs } = ticket
  const times = { waiting_since_ms: Math.floor(sinceMs), due_at_ms: dueAtMs }
  yield* tell(upsert, { scope_id: scopeId, call_id: callId, workspace, priority, tag, asked_tokens: tokens, ...times })
}

/** The ids of all calls that wait. */
export function* ticketIds(): Work<string[]> {
  return (yield* ask(({ queries }) => queries.selectFrom('limit_tickets').select('call_id').distinct())).map(
    row => row.call_id,
  )
}

/** The ids of a step's calls that wait. */
export function* callsInLine(runKey: string, step: number): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('limit_tickets')
      .select('call_id')
      .where(beginsWithAny('call_id', [`${runKey}/${step}/`])),
  )
  return rows.map(({ call_id }) => call_id)
}

export const dropTicketsOf = (callId: string) => tell(deleteOfCall, { callId })

export function* takeTicketsOf(callId: string): Work<LimitPlace[]> {
  const taken = yield* all(takeOfCall, { callId })
  return taken.map(row => ({ scopeId: row.scope_id, ...ticketOf(row) }))
}

/** A row that an earlier version wrote does not say since when its call waits, nor for how many tokens. */
function ticketOf({ call_id, waiting_since_ms, due_at_ms, asked_tokens, ...row }: LimitTicketTable): Ticket {
  const { workspace, priority, tag } = row
  const sinceMs = waiting_since_ms ?? due_at_ms
  return { callId: call_id, workspace, priority, tag, tokens: asked_tokens ?? 0, sinceMs, dueAtMs: due_at_ms }
}
