import { sql } from 'kysely'
import { ask, type Work } from '../work.ts'

/** The ids of a run's own calls that wait, or of its requests in flight as far as anybody knows. */
export function* idsOfRun(
  runKey: string,
  table: 'limit_tickets' | 'limit_permits',
  column: 'call_id' | 'permit_id',
): Work<string[]> {
  const beginning = `${runKey}/`
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom(table)
      .select(sql.ref<string>(column).as('id'))
      .distinct()
      .where(beginsWithAny(column, [beginning])),
  )
  // A step follows the key there, and a name where a run below it asked.
  return rows.map(({ id }) => id).filter(id => /^\d+\//.test(id.slice(beginning.length)))
}
