import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

it.each([
  ['the wall', 'wall/run.ts', ['--slice', '200'], 'signalbox-wall-'],
  ['the proof of runs', 'bench/policy/run-runs.ts', ['--runs', '5000'], 'signalbox-policy-'],
])('%s leaves nothing when it is interrupted', async (_, file, words, prefix) => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-interrupted-'))
  const left = () => readdirSync(folder).filter(name => name.startsWith(prefix))
  const child = spawn(process.execPath, [join(ROOT, file), ...words], {
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
