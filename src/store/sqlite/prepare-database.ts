import { sql } from 'kysely'
import { ask, type Work } from '../work.ts'

/** Says whether the file has no tables yet. */
export function* prepareDatabase(): Work<boolean> {
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom(sql<{ name: string }>`sqlite_master`.as('objects'))
      .select('objects.name')
      .where(sql.ref('objects.name'), '=', 'schema_version'),
  )
  return rows.length === 0
}
