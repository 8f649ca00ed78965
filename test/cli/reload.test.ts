import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, inject, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

const yaml = (models: string) => `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9/v1", apiKey: none, models: { acme/large: {}, acme/small: {} } } }
classes: { plain: { models: [${models}] } }
app: ./app.mjs
`

const folder = mkdtempSync(join(tmpdir(), 'signalbox-reload-'))
const config = join(folder, 'signalbox.yaml')
let worker: ChildProcess | undefined

afterAll(() => {
  worker?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

it('a worker swaps a changed configuration in, leaves a wrong one alone, and hears SIGHUP, wherever its app has moved to', async () => {
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'app.mjs'), "process.chdir('elsewhere')\nexport const tools = []\n")
  writeFileSync(config, yaml('acme/large'))
  const words = ['worker', '--config', 'signalbox.yaml', '--task-queue', 'reload-queue', '--grace', '1s']
  worker = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      DATABASE_URL: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { text: '' }
  const logged: string[] = []
  worker.stdout!.on('data', chunk => (said.text += chunk))
  createInterface(worker.stderr!).on('line', line => {
    logged.push(line)
    // Whoever collects logs has this one's level too, like any other's.
    const { level, msg } = JSON.parse(line)
    said.text += `${level} ${msg}\n`
  })
  const hears = async (pattern: RegExp) => {
    await expect.poll(() => said.text).toMatch(pattern)
    said.text = ''
  }
  await hears(/Serves the task queue reload-queue/)
  writeFileSync(config, yaml('acme/small, acme/large'))
  await hears(/^30 .* was reloaded: new calls are planned with .*config@/m)
  writeFileSync(config, yaml('acme/smal'))
  await hears(
    /^40 [\s\S]*no configured provider serves this model.*Did you mean "acme\/small"\?[\s\S]*the previous configuration stays in use/m,
  )
  worker.kill('SIGHUP')
  await hears(/the previous configuration stays in use/)
  worker.kill('SIGTERM')
  expect(await once(worker, 'exit')).toEqual([0, null])
  // Commands in the worker's folder look for its store there.
  const isAt = (path: string) => existsSync(join(folder, path, '.signalbox', 'signalbox.db'))
  expect([isAt('.'), isAt('elsewhere')]).toEqual([true, false])
  // What the bundler has to say of modules and sizes, and the SDK of Nexus that nobody uses, is for whoever looks for it.
  expect(logged.join('')).toContain('"msg":"Worker state changed"')
  expect(logged.join('')).not.toMatch(/[Bb]undle|webpack|Nexus/)
})
