import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteQueryCompiler } from 'kysely'
import { openNewStore } from '../support/new-store.ts'
import { describeStore, type Place } from './describe-store.ts'

describeStore({ name: 'SQLite', newPlace })

async function newPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-store-'))
  const path = join(folder, 'store.db')
  return {
    open: settings => openNewStore({ path, ...settings }),
    compiler: () => new SqliteQueryCompiler(),
    mostParameters: 32_766,
    preparing: [],
    contents: async () =>
      readdirSync(folder)
        .map(name => readFileSync(join(folder, name), 'latin1'))
        .join('\n'),
    execute: async statement => {
      const database = new DatabaseSync(path)
      database.exec(statement)
      database.close()
    },
    remove: async () => rmSync(folder, { recursive: true }),
  }
}
