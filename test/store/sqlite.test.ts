import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteQueryCompiler } from 'kysely'
import { afterAll, beforeAll } from 'vitest'
import { openNewStore } from '../support/new-store.ts'
import { describeStore, type Place } from './describe-store.ts'

/** Of its 32,766: a test of more than one statement takes would spend its seconds on making rows. */
const MOST_PARAMETERS = 2_000

const { prepare } = DatabaseSync.prototype
beforeAll(() => {
  DatabaseSync.prototype.prepare = function (...asked) {
    this.limits.variableNumber = MOST_PARAMETERS
    return prepare.apply(this, asked)
  }
})
afterAll(() => {
  DatabaseSync.prototype.prepare = prepare
})

describeStore({ name: 'SQLite', newPlace })

async function newPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-store-'))
  const path = join(folder, 'store.db')
  return {
    open: settings => openNewStore({ path, ...settings }),
    compiler: () => new SqliteQueryCompiler(),
    mostParameters: MOST_PARAMETERS,
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
