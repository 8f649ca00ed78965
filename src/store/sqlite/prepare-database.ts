import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { StoreProblem } from '../store-problem.ts'
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

/**
 * Looks before anything is written, the switch to WAL included.
 *
 * @throws StoreProblem when the file has tables that are not ours.
 */
export function refuseForeign(database: DatabaseSync, path: string): void {
  const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all()
  const names = new Set(tables.map(table => table.name))
  if (names.size === 0 || (names.has('schema_version') && names.has('run_events'))) return
  throw new StoreProblem(
    'foreign',
    `The file ${path} is a SQLite database of something else. Name another file for the store, ` +
      'e.g. DATABASE_URL=sqlite:signalbox.db. Nothing was changed.',
  )
}
