import { sql } from 'kysely'
import { ask, type Work } from '../work.ts'

/** Our tables stand apart from those of whoever shares the database. */
export const SCHEMA = 'signalbox'

/** Any number will do, as long as all versions of Signalbox use this one: the letters "signal" in hexadecimal. */
const MIGRATION_LOCK = 0x7369676e616c

/** Waits for others that migrate, makes our schema where it is missing, and says whether it was. */
export function* prepareDatabase(): Work<boolean> {
  yield* ask(({ queries }) => queries.selectNoFrom(sql`pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.as('locked')))
  const [found] = yield* ask(({ queries }) =>
    queries.selectNoFrom([
      sql<boolean>`to_regnamespace(${sql.lit(SCHEMA)}) is not null`.as('schema'),
      sql<boolean>`to_regclass(${sql.lit(`${SCHEMA}.schema_version`)}) is not null`.as('tables'),
    ]),
  )
  // Asked first: "if not exists" wants the right to create even where there is nothing to do.
  if (!found?.schema) yield* ask(({ queries }) => queries.schema.createSchema(SCHEMA))
  return !found?.tables
}
