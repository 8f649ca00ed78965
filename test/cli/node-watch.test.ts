import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, inject, it } from 'vitest'
import { throwAwayFolders } from './throw-away-folders.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const BUNDLED_ONCE = new URL('../support/bundled-once.ts', import.meta.url).href

const CONFIGURATION = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:1/v1", apiKey: none, models: { acme/m: { free: true } } } }
classes: { cheap: { models: [acme/m] } }
`

const newFolder = throwAwayFolders('signalbox-watched-')

let command: ChildProcess | undefined

// Its worker has ended, too, before the folder goes in which that writes.
afterEach(async () => {
  if (command?.kill()) await once(command, 'close')
})

it('a worker serves below `node --watch`, whose reports Temporal takes for its own', async () => {
  const cwd = newFolder()
  await writeFile(join(cwd, 'signalbox.yaml'), CONFIGURATION)
  const { DATABASE_URL: _, ...bare } = process.env
  const env = { ...bare, TEMPORAL_ADDRESS: inject('temporalAddress') }
  // Reports come as with `--watch`, which would look after two thousand files.
  const words = [
    '--watch-path',
    join(cwd, 'signalbox.yaml'),
    '--import',
    BUNDLED_ONCE,
    MAIN,
    'worker',
    '--task-queue',
    'watched-queue',
  ]
  command = spawn(process.execPath, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [command.stdout!, command.stderr!]) stream.on('data', chunk => said.push(String(chunk)))
  await expect.poll(() => said.join('')).toMatch(/"RUNNING"|Failed running/)
  expect(said.join('')).not.toContain('Failed running')
})
