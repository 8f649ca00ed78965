import type { AlertPort, SaidAgain } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { insertOnce } from '../insert-once.ts'
import type { AlertTable } from '../schema.ts'
import { all, one, type Statement, tell, type Work } from '../work.ts'

const findLocked: Statement<{ alert: string }, AlertTable> = ({ alert }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('alerts').selectAll().where('alert', '=', alert))

const findBegun: Statement<object, Pick<AlertTable, 'alert' | 'changed_at_ms'>> = (_, { queries }) =>
  queries.selectFrom('alerts').select(['alert', 'changed_at_ms']).where('state', '=', 'begun')

const insertRow = insertOnce('alerts')

const updateRow: Statement<AlertTable, unknown> = ({ alert, ...changes }, { queries }) =>
  queries.updateTable('alerts').set(changes).where('alert', '=', alert)

/** Which alerts have begun, a row for each. */
export function createAlerts({ read, write }: Connection): AlertPort {
  return {
    mark: (alert, state, atMs, unless) => write(() => mark(alert, state, Math.floor(atMs), unless)),
    begun: async () =>
      (await read(() => all(findBegun, {}))).map(({ alert, changed_at_ms }) => ({ alert, atMs: changed_at_ms })),
  }
}

function* mark(alert: string, state: AlertTable['state'], atMs: number, unless?: SaidAgain): Work<boolean> {
  // One that was never told of has ended.
  yield* tell(insertRow, { alert, state: 'ended', changed_at_ms: atMs })
  const row = (yield* one(findLocked, { alert }))!
  if (unless && row.changed_at_ms > unless.saidSinceMs) return false
  yield* tell(updateRow, { alert, state, changed_at_ms: Math.max(atMs, row.changed_at_ms) })
  return row.state !== state
}
