import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, expect, inject, it, onTestFinished } from 'vitest'
import { tellStarted } from '../../src/cli/watch/tell-started.ts'
import { connect } from '../../src/client.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { captured } from './captured.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** For a worker, which would bundle its workflows for more than a second before it can be told to end. */
const BUNDLED_ONCE = ['--import', new URL('../support/bundled-once.ts', import.meta.url).href]

const CONFIGURATION = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:1/v1", apiKey: none, models: { acme/m: { free: true } } } }
classes: { cheap: { models: [acme/m] } }
`

const newFolder = throwAwayFolders('signalbox-signals-')

let command: ChildProcess | undefined

afterEach(() => void command?.kill('SIGKILL'))

const VERSION = ['--deployment', 'signals', '--build-id', 'one']
const WORKER = ['worker', '--task-queue', 'signals-queue', '--grace', '1s', ...VERSION]
const MAKES_CURRENT = 'temporal worker deployment set-current-version --deployment-name signals --build-id one'

/**
 * npm passes a Ctrl-C on that the terminal has sent already, so that `npx signalbox worker` hears it twice. The second comes to a worker
 * when Temporal's runtime has heard the first and listens no more.
 */
it.each([
  { name: 'worker', flags: BUNDLED_ONCE, words: WORKER, ready: MAKES_CURRENT, heard: '"STOPPING"' },
  { name: 'vendors', flags: [], words: ['vendors'], ready: 'Ctrl-C ends them' },
])('$name ends in order and with 0 by one Ctrl-C that comes twice', async ({ flags, words, ready, heard }) => {
  const cwd = newFolder()
  await writeFile(join(cwd, 'signalbox.yaml'), CONFIGURATION)
  const { DATABASE_URL: _, ...bare } = process.env
  const env = { ...bare, TEMPORAL_ADDRESS: inject('temporalAddress') }
  const endBySignals = async (): Promise<unknown> => {
    const child = spawn(process.execPath, [...flags, MAIN, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    command = child
    const ended = once(child, 'exit')
    const hasHeard = said(child.stderr, heard ?? '')
    await said(child.stdout, ready)
    child.kill('SIGINT')
    await (heard === undefined ? delay(2) : hasHeard)
    child.kill('SIGINT')
    return ended
  }
  // A busy machine may bring the second so late that it counts as one of its own, by which the process ends on the spot.
  const ends = [await endBySignals()]
  while (isDeepStrictEqual(ends.at(-1), [130, null]) && ends.length < 4) ends.push(await endBySignals())
  expect(ends.at(-1)).toEqual([0, null])
})

const AS_LONG_AS_IT_ENDS = `
import { existsSync } from 'node:fs'
const end = () => void Promise.reject(new TypeError('nobody hears this'))
setInterval(() => existsSync('end') && end(), 20)
export const tools = []
`

it('a worker says that what was rejected and nobody caught ends its process, and where that was', async () => {
  const cwd = newFolder()
  await writeFile(join(cwd, 'signalbox.yaml'), `${CONFIGURATION}app: ./app.mjs\n`)
  await writeFile(join(cwd, 'app.mjs'), AS_LONG_AS_IT_ENDS)
  const { DATABASE_URL: _, ...bare } = process.env
  const env = { ...bare, TEMPORAL_ADDRESS: inject('temporalAddress') }
  command = spawn(process.execPath, [...BUNDLED_ONCE, MAIN, ...WORKER], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(command, 'close')
  let log = ''
  command.stderr!.on('data', chunk => {
    log += chunk
  })
  await said(command.stdout!, MAKES_CURRENT)
  await writeFile(join(cwd, 'end'), '')
  expect(await ended).toEqual([1, null])
  const told = log.split('\n').filter(line => line.startsWith('{"level":50'))
  expect(told.map(line => JSON.parse(line).msg)).toEqual([
    expect.stringMatching(
      /a promise was rejected that nobody awaited: TypeError: nobody hears this, at app\.mjs:3:\d+\. Runs continue/,
    ),
  ])
})

it('a worker that is told to end while it waits for its store ends at once and with 0', async () => {
  const silent = createServer()
  await onFreePort(silent)
  onTestFinished(() => void silent.close())
  const cwd = newFolder()
  await writeFile(join(cwd, 'signalbox.yaml'), CONFIGURATION)
  const { port } = silent.address() as AddressInfo
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/silent`,
  }
  const asked = once(silent, 'connection')
  command = spawn(process.execPath, [...BUNDLED_ONCE, MAIN, ...WORKER], { cwd, env, stdio: 'ignore' })
  const ended = once(command, 'exit')
  const [socket] = await asked
  onTestFinished(() => socket.destroy())
  command.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

/** Resolves when that was written, and goes on reading: a pipe that nobody reads would disturb who writes. */
function said(stream: Readable, word: string): Promise<void> {
  let text = ''
  return new Promise(resolve =>
    stream.on('data', chunk => {
      text += chunk
      if (text.includes(word)) resolve()
    }),
  )
}

it.each(['--json', undefined])('start --watch %s names the run that it leaves behind by a Ctrl-C', async json => {
  const words = [
    'start',
    'researcher',
    '--input',
    'x',
    '--watch',
    '--task-queue',
    'nobody-serves-it',
    ...(json ? [json] : []),
  ]
  const { DATABASE_URL: _, ...bare } = process.env
  const env = { ...bare, TEMPORAL_ADDRESS: inject('temporalAddress') }
  command = spawn(process.execPath, [MAIN, ...words], { cwd: newFolder(), env, stdio: 'pipe' })
  const ended = once(command, 'close')
  const said = { out: '', err: '' }
  command.stdout!.on('data', chunk => {
    said.out += chunk
  })
  for await (const chunk of command.stderr!) {
    said.err += chunk
    if (said.err.includes('no worker has picked it up yet')) command.kill('SIGINT')
  }
  expect(await ended).toEqual([null, 'SIGINT'])
  const id: string = json ? JSON.parse(said.out).id : /signalbox watch ([^\s`]+)/.exec(said.err)?.[1]
  const signalbox = await connect({ temporal: localConnection(env.TEMPORAL_ADDRESS), store: false })
  await signalbox.client.workflow.getHandle(id).terminate()
  await signalbox.close()
})

it.each([true, false])(
  'a start names its run also where the server is lost right behind it (--json: %s)',
  async json => {
    const temporal = localConnection(inject('temporalAddress'))
    const signalbox = await connect({
      temporal,
      store: false,
      uiUrl: 'http://127.0.0.1:1',
      taskQueue: 'nobody-serves-it',
    })
    const run = await signalbox.start('researcher', { input: 'x' })
    await signalbox.client.workflow.getHandle(run.id).terminate()
    await signalbox.close()
    const { terminal, written } = captured()
    const telling = tellStarted(signalbox, { run, words: url => `run ${run.id} ${url}` }, { json }, terminal)
    await expect(telling).rejects.toThrow()
    expect(written.out).toContain(run.id)
  },
)
