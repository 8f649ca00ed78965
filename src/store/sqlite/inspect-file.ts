/**
 * Looks at a file before anything is written into it, the switch to WAL included, so that a file that is refused stays as
 * it is, byte for byte.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { newerVersion } from '../migrate.ts'
import { SCHEMA_VERSION } from '../migrations.ts'
import { StoreProblem } from '../store-problem.ts'
import { STORE_TABLES } from '../store-tables.ts'
import { BUSY_TIMEOUT_MS } from './patience.ts'
import { damagedFile, isDamage, lackingTables } from './problems.ts'

/** Every page of a file up to this size is looked at, 1 ms a megabyte; of a larger one where each table and index begins. */
const MOST_BYTES_CHECKED = 32 * 1024 * 1024

/** A store of version 1 has ten of our tables; a database of something else may have `runs` and `schema_version` too. */
const FEWEST_TABLES = 5

const UNCHANGED = 'It was not changed.'

/** @throws StoreProblem when the file is damaged, lacks tables, is of a newer version, or is something else's. */
export function inspectFile(path: string): void {
  if (sizeOf(path) === 0) return
  try {
    // Who closes a file last copies its log into it, unless they only read. Without a log, who may write leaves no side files.
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, readOnly: sizeOf(`${path}-wal`) > 0 })
    try {
      inspect(database, path)
    } finally {
      database.close()
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    throw new StoreProblem('corrupt', `${damagedFile(path)} ${UNCHANGED}`, { cause: error })
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

interface Tree {
  readonly type: 'table' | 'index'
  readonly name: string
  readonly table: string
  /** Absent for the index of a primary key. */
  readonly sql: string | null
}

const TREES = 'select type, name, tbl_name as "table", sql from sqlite_master where rootpage > 0'

function inspect(database: DatabaseSync, path: string): void {
  const trees = database.prepare(TREES).all() as unknown as readonly Tree[]
  // Made, and nothing in it yet: another process is about to.
  if (trees.length === 0) return
  refuseForeign(trees, path)
  refuseLacking(database, trees, path)
  if (!isSound(database, trees)) throw new StoreProblem('corrupt', `${damagedFile(path)} ${UNCHANGED}`)
}

function refuseForeign(trees: readonly Tree[], path: string): void {
  const ours = trees.filter(({ type, name }) => type === 'table' && STORE_TABLES.has(name))
  if (ours.length >= FEWEST_TABLES) return
  throw new StoreProblem(
    'foreign',
    `The file ${path} is a SQLite database of something else. Name another file for the store, ` +
      'e.g. DATABASE_URL=sqlite:signalbox.db. Nothing was changed.',
  )
}

/** What an older version lacks, its migrations make. */
function refuseLacking(database: DatabaseSync, trees: readonly Tree[], path: string): void {
  const there = new Set(trees.map(({ name }) => name))
  const version = there.has('schema_version') ? versionOf(database) : SCHEMA_VERSION
  if (version > SCHEMA_VERSION) throw newerVersion(`store file ${path}`, version)
  const lacking = [...STORE_TABLES].filter(name => !there.has(name))
  if (version < SCHEMA_VERSION || lacking.length === 0) return
  throw new StoreProblem('corrupt', `${lackingTables(path, lacking)} ${UNCHANGED}`)
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('select max(version) as version from schema_version').get()?.version)
}

function isSound(database: DatabaseSync, trees: readonly Tree[]): boolean {
  if (bytesOf(database) > MOST_BYTES_CHECKED) {
    for (const tree of trees) database.prepare(firstOf(tree)).all()
    return true
  }
  return database.prepare('pragma quick_check(1)').get()?.quick_check === 'ok'
}

function bytesOf(database: DatabaseSync): number {
  return Number(
    database.prepare('select page_count * page_size as bytes from pragma_page_count, pragma_page_size').get()?.bytes,
  )
}

/** Reads a tree from its root down to its first leaf. An index over some of the rows serves only a question for these. */
function firstOf({ type, name, table, sql }: Tree): string {
  if (type === 'table') return `select 1 from "${name}" not indexed limit 1`
  const some = /\swhere\s.*$/is.exec(sql ?? '')?.[0] ?? ''
  return `select 1 from "${table}" indexed by "${name}"${some} limit 1`
}
