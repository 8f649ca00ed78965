import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

it('the wall leaves nothing when it is interrupted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-interrupted-'))
  const left = () => readdirSync(folder).filter(name => name.startsWith('signalbox-wall-'))
  const child = spawn(process.execPath, [join(ROOT, 'wall/run.ts'), '--slice', '200'], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: folder },
  })
  const ended = once(child, 'exit')
  await expect.poll(left).not.toEqual([])
  child.kill('SIGINT')
  expect(await ended).toEqual([130, null])
  expect(left()).toEqual([])
  rmSync(folder, { recursive: true })
})
