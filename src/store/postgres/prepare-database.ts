import { sql } from 'kysely'
import { STORE_TABLES } from '../store-tables.ts'
import { ask, type Work } from '../work.ts'
import { lackingTables, missingStore, SCHEMA } from './problems.ts'

/** Any number will do, as long as all versions of Signalbox use this one: the letters "signal" in hexadecimal. */
const MIGRATION_LOCK = 0x7369676e616c

const VERSION_TABLE = 'schema_version'

/**
 * Waits for others that migrate, makes our schema where it is missing, and says which of our tables it has.
 *
 * @throws StoreProblem when nothing tells any more of which version they are, or there are none and none are to be made.
 */
export function* prepareDatabase(place: string, existing: boolean): Work<ReadonlySet<string>> {
  yield* ask(({ queries }) => queries.selectNoFrom(sql`pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.as('locked')))
  const there = yield* tablesThere()
  if (there.size > 0 && !there.has(VERSION_TABLE)) throw lackingTables(place, [VERSION_TABLE])
  if (there.size > 0) return there
  if (existing) throw missingStore(place)
  const [found] = yield* ask(({ queries }) =>
    queries.selectNoFrom(sql<boolean>`to_regnamespace(${sql.lit(SCHEMA)}) is not null`.as('schema')),
  )
  // Asked first: "if not exists" wants the right to create even where there is nothing to do.
  if (!found?.schema) yield* ask(({ queries }) => queries.schema.createSchema(SCHEMA))
  return there
}

/**
 * To be called behind the migrations.
 *
 * @param known - The tables that there are, where nothing has been migrated.
 * @throws StoreProblem when tables are lacking that this version has.
 */
export function* refuseLacking(place: string, known: ReadonlySet<string> | undefined): Work<void> {
  const there = known ?? (yield* tablesThere())
  const lacking = [...STORE_TABLES].filter(name => !there.has(name))
  if (lacking.length > 0) throw lackingTables(place, lacking)
}

function* tablesThere(): Work<ReadonlySet<string>> {
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom(sql<{ tablename: string }>`pg_catalog.pg_tables`.as('tables'))
      .select('tables.tablename')
      .where(sql.ref('tables.schemaname'), '=', SCHEMA),
  )
  return new Set(rows.map(({ tablename }) => tablename).filter(name => STORE_TABLES.has(name)))
}
