import { execFileSync } from 'node:child_process'
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
  expect(isHeldElsewhere(path)).toBe(true)
  giveBack?.()
  const again = holdDatabase(path)
  expect(again).toBeDefined()
  again?.()
  rmSync(folder, { recursive: true })
})

/** Asked by another process: locks of files keep others out, not their own. */
function isHeldElsewhere(path: string): boolean {
  const module = import.meta.resolve('../../../src/runtime/dev-server/hold-database.ts')
  const code = `import { holdDatabase } from '${module}'; console.log(holdDatabase(process.argv[1]) === undefined)`
  return execFileSync(process.execPath, ['--input-type=module', '-e', code, path]).toString() === 'true\n'
}
