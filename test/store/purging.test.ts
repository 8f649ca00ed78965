import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, it, onTestFinished, vi } from 'vitest'
import { endedBefore, purgeAll } from '../../src/store/content/purge-by-time.ts'
import { createKeyRing } from '../../src/store/seals/key-ring.ts'
import { openSqlite } from '../../src/store/sqlite/connection.ts'
import { ask } from '../../src/store/work.ts'
import { openNewStore } from '../support/new-store.ts'
import { copyingRuns, newRun, RUN } from './records.ts'

const ring = createKeyRing(() => undefined, Date.now)

/** A SQLite file in which one run and forty copies of it have ended. */
async function connectionWith(change: string) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-purging-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'store.db')
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  await store.close()
  const database = new DatabaseSync(path)
  database.exec(`${copyingRuns(40)}; update runs set ended_at_ms = 2000; ${change}`)
  database.close()
  const connection = await openSqlite(path, { existing: true, upToDate: true, nowMs: 3_000 }, ring)
  onTestFinished(() => connection.close())
  return connection
}

it('looks once through all runs for what it purges in several transactions', async () => {
  const connection = await connectionWith('update runs set scope_id = run_key')
  const find = vi.fn(endedBefore(2_500))
  expect(await purgeAll(connection, find, { ring, atMs: 3_000 })).toHaveLength(41)
  const looks = find.mock.calls.filter(([, , keys]) => keys === undefined)
  expect(looks).toHaveLength(1)
  // How many transactions it takes depends on how fast they are.
  expect(find.mock.calls.length).toBeGreaterThan(2)
})

it('leaves nothing of the runs below to the transaction that ends a large tree', async () => {
  const below = `update runs set run_id = '${RUN.id}/' || run_key where run_key <> '${RUN.key}'`
  const connection = await connectionWith(below)
  const changed = async () => {
    const [row] = await connection.read(() =>
      ask(({ queries }) => queries.selectNoFrom(sql<number>`total_changes()`.as('rows'))),
    )
    return row!.rows
  }
  const before = await changed()
  const erase = vi.spyOn(connection, 'erase')
  expect(await purgeAll(connection, endedBefore(2_500), { ring, atMs: 3_000 })).toMatchObject([{ runs: 41 }])
  expect(erase.mock.calls.length).toBeGreaterThan(1)
  // Each run is marked, and its message taken away, once; the one at the top has an event.
  expect((await changed()) - before).toBe(2 * 41 + 1)
})
