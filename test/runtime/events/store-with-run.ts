import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Store } from '../../../src/store/index.ts'
import { newRun } from '../../store/records.ts'
import { openNewStore } from '../../support/new-store.ts'

/** Gives each test a store of its own that has one open run. To be called at the top of the file. */
export function storeWithRun(): () => Store {
  let folder: string
  let store: Store
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-run-'))
    store = await openNewStore({ path: join(folder, 'store.db') })
    await store.ledger.openRun(newRun())
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return () => store
}
