import { type Database, MIGRATIONS, type Migration, SCHEMA_VERSION } from './migrations.ts'
import type { SchemaVersionTable } from './schema.ts'
import { StoreProblem } from './store-problem.ts'
import { ask, type Work } from './work.ts'

export interface Migrating {
  /** What to call the database in a message, e.g. `store file ./signalbox.db`. */
  readonly place: string
  readonly database: Database
  /** It has no tables of ours yet. */
  readonly fresh: boolean
  /** Tables of an older version are refused, and stay as they are. */
  readonly upToDate: boolean
  readonly nowMs: number
}

/**
 * Brings the tables to this code's version, and says whether there was anything to do. Runs inside one transaction that nobody
 * else can be in: both databases take their lock first.
 */
export function* migrate({ place, database, fresh, upToDate, nowMs }: Migrating): Work<boolean> {
  if (fresh) yield* createVersionTable()
  const version = fresh ? 0 : yield* currentVersion()
  if (version > SCHEMA_VERSION) throw newerVersion(place, version)
  if (upToDate && !fresh && version < SCHEMA_VERSION) throw olderVersion(place, version)
  const lacking = MIGRATIONS.filter(migration => migration.version > version)
  for (const { only = database, ...migration } of lacking)
    yield* apply(only === database ? migration : { ...migration, statements: [] }, nowMs)
  return lacking.length > 0
}

function* apply({ version, name, statements }: Migration, nowMs: number): Work<void> {
  for (const statement of statements) yield* ask(({ queries }) => statement(queries.schema, queries))
  const row: SchemaVersionTable = { version, name, applied_at_ms: nowMs }
  yield* ask(({ queries }) => queries.insertInto('schema_version').values(row))
}

function* createVersionTable(): Work<void> {
  yield* ask(({ queries }) =>
    queries.schema
      .createTable('schema_version')
      .addColumn('version', 'bigint', column => column.primaryKey().notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('applied_at_ms', 'bigint', column => column.notNull()),
  )
}

export function* currentVersion(): Work<number> {
  const rows = yield* ask(({ queries }) =>
    queries.selectFrom('schema_version').select('version').orderBy('version', 'desc').limit(1),
  )
  return rows[0]?.version ?? 0
}

/** What versions the tables and this code are of. */
export interface NewerVersion {
  readonly version: number
  /** The latest one that this code knows. */
  readonly known: number
}

/** For who has had the tables open while a newer Signalbox migrated them. */
export function* versionBeyond(): Work<NewerVersion | undefined> {
  const version = yield* currentVersion()
  return version > SCHEMA_VERSION ? { version, known: SCHEMA_VERSION } : undefined
}

export function newerVersion(place: string, version: number): StoreProblem {
  return new StoreProblem(
    'newer-version',
    `The ${place} was written by a newer Signalbox (version ${version}; this one knows versions up to ${SCHEMA_VERSION}). ` +
      'Upgrade Signalbox, or point DATABASE_URL at another store. To go back to this version, restore a backup from before the upgrade. Nothing was changed.',
  )
}

/** Its workers may still be of that version, and would not start again on newer tables. */
function olderVersion(place: string, version: number): StoreProblem {
  return new StoreProblem(
    'older-version',
    `The ${place} was written by an older Signalbox (version ${version}; this one needs version ${SCHEMA_VERSION}). A worker of this Signalbox ` +
      'upgrades it when it starts: stop the older workers first, or use the older Signalbox until then. Nothing was changed.',
  )
}
