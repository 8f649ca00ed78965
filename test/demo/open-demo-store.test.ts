import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createClosers } from '../../src/runtime/closers.ts'
import { openDemoStore } from '../../src/runtime/demo/open-demo-store.ts'
import { openStore } from '../../src/store/index.ts'
import { newRun, RUN } from '../store/records.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-demo-store-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** A store with one run, as the demo finds it. */
async function demoOverRunOf(workspace: string) {
  const path = join(folder, 'signalbox.db')
  const store = await openStore({ path })
  await store.ledger.openRun(newRun({ run: { ...RUN, workspace } }))
  await store.close()
  const closers = createClosers()
  const env = { DATABASE_URL: `sqlite:${path}` }
  await openDemoStore({ env, folder, closers, report: () => {} }).finally(() => closers.close())
}

it('is refused where others have runs, and taken where earlier demos have', async () => {
  await expect(demoOverRunOf('acme')).rejects.toThrow('is in use: it has runs of the workspace acme')
  await rm(join(folder, 'signalbox.db'))
  await demoOverRunOf('gazette')
})
