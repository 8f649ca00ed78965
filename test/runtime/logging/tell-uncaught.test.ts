import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const APP = `
import { tellUncaught } from '${import.meta.resolve('../../../src/runtime/logging/tell-uncaught.ts')}'
tellUncaught(words => console.error(words))
setImmediate(() => { throw new Error('nobody caught this') })
`

/** A worker that ends by a rejected promise is among the tests of the command. */
it('says that what was thrown and nobody caught ends the process, and where that was', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'signalbox-uncaught-'))
  writeFileSync(join(cwd, 'app.mjs'), APP)
  const { status, stderr } = spawnSync(process.execPath, ['app.mjs'], { cwd, encoding: 'utf8' })
  rmSync(cwd, { recursive: true })
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /an error was thrown that nobody caught: Error: nobody caught this, at app\.mjs:4:\d+\. Runs continue/,
  )
})
