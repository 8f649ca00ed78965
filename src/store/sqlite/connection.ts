import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { Connection, Opening } from '../connection.ts'
import { currentVersion, migrate } from '../migrate.ts'
import { SCHEMA_VERSION } from '../migrations.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import { ask, type Work } from '../work.ts'
import { createAnswerer } from './answerer.ts'
import { createCheckpoints } from './checkpoints.ts'
import { createHold } from './hold.ts'
import { openFile } from './open-file.ts'
import { createPatience, patiently } from './patience.ts'
import { missingFile, sqliteProblem } from './problems.ts'
import { createTransact, emptiesLog, finish, finishInTurns, makingRoom, overwriting } from './transact.ts'

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

async function translated<Result>(path: string, body: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await body()
  } catch (error) {
    throw sqliteProblem(error, path) ?? error
  }
}
