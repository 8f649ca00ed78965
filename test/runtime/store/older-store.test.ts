import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lazyStore } from '../../../src/runtime/store/lazy-store.ts'
import { openWorkerStore } from '../../../src/runtime/store/open-store.ts'
import { purgeContent } from '../../../src/runtime/store/purge.ts'
import { openRecords } from '../../../src/runtime/store/records.ts'

let folder: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-older-'))
  const path = join(folder, 'signalbox.db')
  const old = new DatabaseSync(path)
  old.exec(readFileSync(join(import.meta.dirname, '../../fixtures/stores/version-1.sql'), 'utf8'))
  old.close()
  env = { DATABASE_URL: `sqlite:${path}` }
})

afterEach(() => rmSync(folder, { recursive: true }))

it('lets only a worker bring a store up to date, and then a client that was refused goes on', async () => {
  const refused = { name: 'StoreProblem', kind: 'older-version' }
  const client = lazyStore(undefined, env)
  await expect(client.open()).rejects.toMatchObject(refused)
  await expect(openRecords(env)).rejects.toMatchObject(refused)
  await expect(purgeContent({}, env)).rejects.toMatchObject(refused)

  await (await openWorkerStore(undefined, env)).close()
  expect(await (await client.open()).reports.runs()).toHaveLength(1)
  await client.close()
})
