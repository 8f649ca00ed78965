import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { holdDatabase } from '../../../src/runtime/dev-server/hold-database.ts'

it('gives the database of a dev server to one at a time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-hold-'))
  const path = join(folder, 'temporal.db')
  const giveBack = holdDatabase(path)
  expect(giveBack).toBeDefined()
  expect(holdDatabase(path)).toBeUndefined()
  giveBack?.()
  const again = holdDatabase(path)
  expect(again).toBeDefined()
  again?.()
  rmSync(folder, { recursive: true })
})
