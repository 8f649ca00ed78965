import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
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

it('says that a database is refused which another user has held', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-hold-'))
  const path = join(folder, 'temporal.db')
  holdDatabase(path)?.()
  chmodSync(folder, 0o777)
  chmodSync(`${path}.lock`, 0o000)
  const asSomebody = 'if (process.getuid() === 0) process.setuid(65534)'
  expect(saidElsewhere(path, `${asSomebody}; try { hold() } catch (error) { console.log(error.code) }`)).toBe('EACCES')
  rmSync(folder, { recursive: true })
})

/** Asked by another process: locks of files keep others out, not their own. */
function isHeldElsewhere(path: string): boolean {
  return saidElsewhere(path, 'console.log(hold() === undefined)') === 'true'
}

function saidElsewhere(path: string, code: string): string {
  const module = import.meta.resolve('../../../src/runtime/dev-server/hold-database.ts')
  const whole = `import { holdDatabase } from '${module}'; const hold = () => holdDatabase(process.argv[1]); ${code}`
  return execFileSync(process.execPath, ['--input-type=module', '-e', whole, path]).toString().trim()
}
