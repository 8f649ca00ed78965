import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startDevelopment } from '../../src/runtime/dev.ts'
import { freePorts } from '../../src/runtime/dev-server/free-ports.ts'
import { knownProblem } from '../../src/runtime/problems.ts'
import { newMasterKey, openStore } from '../../src/store/index.ts'
import { newRun, RUN } from '../store/records.ts'
import '../support/bundled-once.ts'
import { onFreePort } from '../support/on-free-port.ts'

const YAML = `
providers:
  acme:
    protocol: openai
    baseURL: http://127.0.0.1:9/v1
    apiKey: none
    models: { acme/small: { contextWindow: 100000, maxOutput: 4000, price: { input: 1, output: 4 } } }
classes:
  plain: { models: [acme/small] }
`

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-dev-'))
  await writeFile(join(folder, 'signalbox.yaml'), YAML)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

it('that cannot start for a port that is taken leaves nothing open', async () => {
  const other = createServer()
  await onFreePort(other)
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const store = join(folder, 'signalbox.db')
  const starting = startDevelopment({
    config: join(folder, 'signalbox.yaml'),
    port: (other.address() as AddressInfo).port,
    databasePath: join(folder, 'temporal.db'),
    env: { ...env, DATABASE_URL: `sqlite:${store}`, SIGNALBOX_MASTER_KEY: newMasterKey() },
    report: () => {},
  })
  await expect(starting).rejects.toThrow('is taken')
  other.close()
  // SQLite removes it with the last connection.
  expect([existsSync(store), existsSync(`${store}-wal`)]).toEqual([true, false])
})

it('that is given a master key which is none says so before anything is started', async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const starting = startDevelopment({
    config: join(folder, 'signalbox.yaml'),
    databasePath: join(folder, 'temporal.db'),
    env: { ...env, DATABASE_URL: `sqlite:${join(folder, 'signalbox.db')}`, SIGNALBOX_MASTER_KEY: 'none' },
    report: () => {},
  })
  await expect(starting).rejects.toThrow('SIGNALBOX_MASTER_KEY holds')
  expect(existsSync(join(folder, 'temporal.db'))).toBe(false)
})

it.each([
  {
    what: 'cannot be made',
    database: 'signalbox.yaml/temporal.db',
    kind: 'input',
    words: /cannot be made \(E\w+\).*--db/,
  },
  {
    what: 'the server cannot open',
    database: 'signalbox.yaml',
    kind: 'unreachable',
    words: /ended before it answered/,
  },
])('that is given a database which $what says so in words', async ({ database, kind, words }) => {
  const [port, uiPort] = (await freePorts(2)) as [number, number]
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const starting = startDevelopment({
    config: join(folder, 'signalbox.yaml'),
    port,
    uiPort,
    databasePath: join(folder, database),
    env: { ...env, DATABASE_URL: `sqlite:${join(folder, 'signalbox.db')}`, SIGNALBOX_MASTER_KEY: newMasterKey() },
    report: () => {},
  })
  expect(await starting.catch(knownProblem)).toEqual({ kind, message: expect.stringMatching(words) })
})

it('leaves runs alone that its own server does not have, where they are not its own', async () => {
  const url = `sqlite:${join(folder, 'shared.db')}`
  const store = await openStore({ url })
  await store.ledger.openRun(newRun())
  await chmod(folder, 0o755)
  await chmod(join(folder, 'shared.db'), 0o644)
  const [port, uiPort] = (await freePorts(2)) as [number, number]
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const said: string[] = []
  const development = await startDevelopment({
    config: join(folder, 'signalbox.yaml'),
    port,
    uiPort,
    databasePath: join(folder, 'temporal.db'),
    env: { ...env, DATABASE_URL: url, SIGNALBOX_MASTER_KEY: newMasterKey() },
    report: line => said.push(line),
  })
  if (development === 'told-to-end') throw new Error(development)
  const { serving, address } = development
  // Whoever starts it prints the address, with that of the UI.
  expect(said.join('\n')).not.toContain(address)
  const ended = development.run()
  await expect.poll(() => serving.worker.getState()).toBe('RUNNING')
  // The first look comes with the first breath of a worker, and takes some milliseconds.
  await new Promise(resolve => setTimeout(resolve, 1_000))
  expect(await store.reports.run(RUN.id)).not.toHaveProperty('outcome')
  expect(serving.notes).toContainEqual(expect.stringMatching(/every user .* can read .*shared.db/))
  serving.shutdown()
  await ended.catch(() => {})
  await store.close()
})

it('says which variable names the server that it joins, where that does not answer and where options are for one of its own', async () => {
  const said: string[] = []
  const starting = (options: object) =>
    startDevelopment({
      config: join(folder, 'signalbox.yaml'),
      env: {
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        DATABASE_URL: `sqlite:${join(folder, 'signalbox.db')}`,
        SIGNALBOX_MASTER_KEY: newMasterKey(),
      },
      report: line => said.push(line),
      ...options,
    })
  await expect(starting({ port: 7_999, databasePath: join(folder, 'temporal.db') })).rejects.toThrow(
    'TEMPORAL_ADDRESS names the server at 127.0.0.1:1, so no server is started and --port and --db would have no effect; leave these out to join that server, or `unset TEMPORAL_ADDRESS`',
  )
  expect(said).toEqual([])
  await expect(starting({})).rejects.toThrow('no Temporal server answers at 127.0.0.1:1, which TEMPORAL_ADDRESS names')
  expect(said).toEqual(['using the Temporal server at 127.0.0.1:1, which TEMPORAL_ADDRESS names'])
})
