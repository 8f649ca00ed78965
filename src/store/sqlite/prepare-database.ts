import { sql } from 'kysely'
import { StoreProblem } from '../store-problem.ts'
import { ask, type Work } from '../work.ts'

/** Says whether the file is empty; refuses one whose tables are not ours. */
export function* prepareDatabase(path: string): Work<boolean> {
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom(sql<{ name: string }>`sqlite_master`.as('objects'))
      .select('objects.name')
      .where(sql.ref('objects.type'), '=', 'table'),
  )
  if (rows.length === 0) return true
  if (rows.some(row => row.name === 'schema_version') && rows.some(row => row.name === 'run_events')) return false
  throw new StoreProblem(
    'foreign',
    `The file ${path} is a SQLite database of something else. Name another file for the store, ` +
      'e.g. DATABASE_URL=sqlite:signalbox.db. Nothing was changed.',
  )
}
