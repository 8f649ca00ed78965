import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lazyStore } from '../../../src/runtime/store/lazy-store.ts'
import { throwAwayFolders } from '../../cli/throw-away-folders.ts'

const newFolder = throwAwayFolders('signalbox-lazy-')

it('is not opened any more once its client is closed, for nobody would close it then', async () => {
  const path = join(newFolder(), 'store.db')
  const store = lazyStore({ path }, {})
  await store.close()
  const closed = { name: 'StoreProblem', kind: 'closed', message: expect.stringContaining('called `close()`') }
  await expect(store.open()).rejects.toMatchObject(closed)
  await expect(store.ifThere()).rejects.toMatchObject(closed)
  expect(existsSync(path)).toBe(false)
})
