import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { asItIs, inRanges } from '../begins-with.ts'
import { createCompiler, type Prepared } from '../compile.ts'
import type { Connection, Opening } from '../connection.ts'
import { currentVersion, migrate } from '../migrate.ts'
import { SCHEMA_VERSION } from '../migrations.ts'
import { inSqlite } from '../number-in.ts'
import type { SealKeyTable, Tables } from '../schema.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import { ask, type Dialect, type Question, type Work } from '../work.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createHold } from './hold.ts'
import { inspectFile } from './inspect-file.ts'
import { BUSY_TIMEOUT_MS, createPatience, patiently } from './patience.ts'
import { isFull, missingFile, sqliteProblem } from './problems.ts'

/** Opens a SQLite file, makes it where it is missing and may be made, and brings its tables up to date. */
export async function openSqlite(path: string, { existing, ...opening }: Opening, ring: KeyRing): Promise<Connection> {
  if (existing && path !== ':memory:' && !existsSync(path)) throw missingFile(path)
  const database = await translated(path, () => openFile(path))
  const connection = createConnection(database, path, ring)
  try {
    // Looked at first: who only reads need not wait for those who write.
    if (!(await connection.read(isUpToDate)))
      await connection.write(function* () {
        yield* migrate({ place: `store file ${path}`, database: 'sqlite', fresh: yield* isFresh(), ...opening })
      })
  } catch (error) {
    database.close()
    throw error
  }
  return connection
}

function* isUpToDate(): Work<boolean> {
  return !(yield* isFresh()) && (yield* currentVersion()) === SCHEMA_VERSION
}

function* isFresh(): Work<boolean> {
  const [versions] = yield* ask(({ queries }) =>
    queries
      .selectFrom(sql<{ name: string }>`sqlite_master`.as('objects'))
      .select('objects.name')
      .where(sql.ref('objects.name'), '=', 'schema_version'),
  )
  return !versions
}

async function openFile(path: string): Promise<DatabaseSync> {
  makeFile(path)
  await patiently(() => inspectFile(path))
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    // Two processes that open a new file at once: the switch to WAL answers "busy" without waiting.
    await patiently(() => database.exec(PRAGMAS))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/**
 * Transcripts lie in it: a new file is its owner's alone, a new folder too, and SQLite gives its side files the same mode. One that is
 * there is left alone: with a file that it closes a process gives back all its locks on it, also those of stores that it has open, and
 * another process would remove their log.
 */
function makeFile(path: string): void {
  if (path === ':memory:' || existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
}

/**
 * A commit copies the log into the file only at 32,000 pages (128 MB) instead of 1,000, where the thread that does it beside the
 * work does not come to it: a copy waits for the disk. A log that has grown meanwhile gives back what it has beyond 32 MB.
 */
const PRAGMAS = `pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 32000;
  pragma journal_size_limit = ${32 * 1024 * 1024}`

function createConnection(database: DatabaseSync, path: string, ring: KeyRing): Connection {
  const answer = createAnswerer(database, ring)
  const transact = makingRoom(database, createTransact(database))
  const hold = path === ':memory:' ? () => {} : createHold(path)
  const checkpoints = path === ':memory:' ? undefined : createCheckpoints(path)
  const patience = createPatience()
  const changes = <Result>(body: () => Result) => translated(path, () => patience.does(body))
  let isEmptied = true
  const emptyLog = () => {
    isEmptied = emptiesLog(database)
    if (!isEmptied) checkpoints?.emptyLog()
  }
  return {
    write: work =>
      changes(() => {
        hold()
        const result = transact(() => finish(work(), answer))
        checkpoints?.written()
        return result
      }),
    read: work => translated(path, () => patiently(() => finishInTurns(work(), answer))),
    erase: work =>
      changes(() => {
        hold()
        const result = overwriting(database, () => transact(() => finish(work(), answer)))
        emptyLog()
        return result
      }),
    isHalfFree: () => translated(path, () => isHalfFree(database)),
    scrub: () =>
      changes(() => {
        hold()
        database.exec('vacuum')
        emptyLog()
      }),
    clockAheadMs: async () => 0,
    leavesInLog: () => !isEmptied,
    abandon: () => () => {},
    close: async () => {
      isEmptied = ((await checkpoints?.close()) ?? true) || isEmptied
      if (database.isOpen) database.close()
    },
  }
}

function isHalfFree(database: DatabaseSync): boolean {
  const look = 'select freelist_count * 2 >= page_count as free from pragma_freelist_count, pragma_page_count'
  return database.prepare(look).get()?.free === 1
}

function overwriting<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec('pragma secure_delete = on')
  try {
    return body()
  } finally {
    database.exec('pragma secure_delete = off')
  }
}

/** Copies the log into the file and cuts it off, unless somebody reads from it, such as a backup: all of this process would wait. */
function emptiesLog(database: DatabaseSync): boolean {
  database.exec('pragma busy_timeout = 0')
  try {
    return database.prepare('pragma wal_checkpoint(truncate)').get()?.busy === 0
  } finally {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/**
 * Does all of a piece of work without giving way: what another part of this process starts meanwhile begins after the commit. Begin
 * and commit are prepared once: SQLite's parser, which nothing else of a call needs, takes as long as they do.
 */
function createTransact(database: DatabaseSync): Transact {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  return body => {
    begin.run()
    try {
      const result = body()
      commit.run()
      return result
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }
}

type Transact = <Result>(body: () => Result) => Result

/**
 * On a disk that was full, what room there is again goes to the file first. The log, which may be all that has grown, then begins anew
 * in its place; it would take that room itself, and the file could never grow by what lies in it. Where somebody still reads from the
 * log, or copies it, the next commit tries again.
 */
function makingRoom(database: DatabaseSync, transact: Transact): Transact {
  let wasFull = false
  return body => {
    try {
      if (wasFull) wasFull = !emptiesLog(database)
      return transact(body)
    } catch (error) {
      wasFull ||= isFull(error)
      throw error
    }
  }
}

function finish<Result>(work: Work<Result>, answer: (question: Question) => unknown[]): Result {
  let next = work.next()
  while (!next.done) next = work.next(next.value.map(answer))
  return next.value
}

/** So many rows take some 5 ms, with what is made of them. */
const ROWS_IN_TURN = 1_000

/** Of what the database makes of many rows, where few are read. */
const MS_IN_TURN = 5

/** Gives way each time many rows were read, or added up: a report may go through millions, and all of this process waits meanwhile. */
async function finishInTurns<Result>(work: Work<Result>, answer: (question: Question) => unknown[]): Promise<Result> {
  let rows = 0
  let beganMs = performance.now()
  let next = work.next()
  while (!next.done) {
    const answers = next.value.map(answer)
    rows += answers.reduce((sum, { length }) => sum + length, 0)
    next = work.next(answers)
    if (next.done || (rows < ROWS_IN_TURN && performance.now() - beganMs < MS_IN_TURN)) continue
    await setImmediate()
    rows = 0
    beganMs = performance.now()
  }
  return next.value
}

function createAnswerer(database: DatabaseSync, ring: KeyRing): (question: Question) => unknown[] {
  const compile = createCompiler(createDialect())
  const statements = new WeakMap<Prepared, Rows>()
  const rowsOf = (question: Question): unknown[] => {
    const prepared = compile(question)
    let rows = statements.get(prepared)
    if (!rows) {
      rows = rowsFrom(database.prepare(prepared.sql))
      statements.set(prepared, rows)
    }
    return rows(prepared.bind(question.parameters) as string[])
  }
  return question => {
    const { keyId } = question
    if (keyId === undefined) return rowsOf(question)
    return [ring.known(keyId) ?? ring.admit(keyId, rowsOf(question)[0] as SealKeyTable | undefined)]
  }
}

type Rows = (parameters: readonly string[]) => unknown[]

/**
 * Runs a statement. Of one row a list takes half the time: for objects `node:sqlite` reads the names of all columns at each run. They must be
 * read where the statement does not name them itself: a newer version may change a table below it.
 */
function rowsFrom(statement: StatementSync): Rows {
  if (NAMES_NONE.test(statement.sourceSQL)) return parameters => statement.all(...parameters)
  const names = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  return parameters => (statement.all(...parameters) as unknown as unknown[][]).map(values => rowOf(names, values))
}

const NAMES_NONE = /(?:select|distinct|returning|\.) ?\*/

function rowOf(names: readonly string[], values: readonly unknown[]): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {}
  for (const [index, name] of names.entries()) row[name] = values[index]
  return row
}

/** Kysely only compiles here: `node:sqlite` is driven by us, within one synchronous transaction. */
function createDialect(): Dialect {
  const queries = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: kysely => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return { queries, lockRows: query => query, byBytes: asItIs, beginsWithAny: inRanges(asItIs), numberIn: inSqlite }
}

async function translated<Result>(path: string, body: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await body()
  } catch (error) {
    throw sqliteProblem(error, path) ?? error
  }
}
