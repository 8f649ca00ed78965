import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SEARCH_ATTRIBUTES } from '../../../src/core/protocol.ts'
import type { TemporalCli } from '../../../src/runtime/dev-server/cli-version.ts'
import { type DevServer, startDevServer } from '../../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../../src/runtime/dev-server/find-cli.ts'
import { localConnection } from '../../../src/runtime/temporal/connection-options.ts'
import { missingSearchAttributes, setupSearchAttributes } from '../../../src/runtime/temporal/search-attributes.ts'

/** A first download may be part of it. */
const START_TIMEOUT_MS = 300_000

let cli: TemporalCli
let folder: string
const report = (): void => undefined

beforeAll(async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const found = await findTemporalCli({ env, report })
  if (found.kind === 'address') throw new Error('an address was found although none was given')
  cli = found.cli
  folder = await mkdtemp(join(tmpdir(), 'signalbox-server-'))
}, START_TIMEOUT_MS)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a dev server', () => {
  it('runs beside another, with its UI, its version and our search attributes, which a namespace that lacks them gets once', async () => {
    const options = { cli, report, databasePath: join(folder, 'new', 'runs.db') }
    const [first, second] = await Promise.all([
      startDevServer(options),
      startDevServer({ cli, report, headless: true, forTests: true }),
    ])
    try {
      expect(first.address).not.toBe(second.address)
      expect(first.version).toBe(cli.serverVersion)
      expect(second.uiUrl).toBeUndefined()
      expect((await fetch(first.uiUrl!)).status).toBe(200)
      for (const server of [first, second]) {
        expect(await withConnection(server, connection => missingSearchAttributes(connection, 'default'))).toEqual([])
      }
      await withConnection(second, expectRegisteredOnce)
    } finally {
      await Promise.all([first.stop(), second.stop()])
    }
    await expect(fetch(first.uiUrl!)).rejects.toThrow()
  })

  it('keeps its runs in the file, between starts and after a kill', async () => {
    const own = join(folder, 'own')
    const options = { cli, report, headless: true, databasePath: join(own, 'kept.db'), logPath: join(own, 'log') }
    const first = await startDevServer(options)
    // What runs say stands in it, too.
    expect((statSync(own).mode & 0o777).toString(8)).toBe('700')
    const files = readdirSync(own)
    expect(files).toEqual(expect.arrayContaining(['kept.db', 'log']))
    for (const file of files)
      expect([file, (statSync(join(own, file)).mode & 0o777).toString(8)]).toEqual([file, '600'])
    await withConnection(first, connection =>
      new Client({ connection }).workflow.start('anything', { workflowId: 'kept', taskQueue: 'nobody' }),
    )
    process.kill(first.pid, 'SIGKILL')
    await first.ended
    const second = await startDevServer(options)
    try {
      const found = await withConnection(second, connection =>
        new Client({ connection }).workflow.getHandle('kept').describe(),
      )
      expect(found.status.name).toBe('RUNNING')
    } finally {
      await second.stop()
    }
  })
})

describe('a dev server that cannot start', () => {
  it('is refused on a port that is taken, be it by another Temporal server', async () => {
    const other = await listen()
    const { port } = other.address() as { port: number }
    try {
      await expect(startDevServer({ cli, report, port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
      await expect(startDevServer({ cli, report, uiPort: port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
    } finally {
      other.close()
    }
  })

  it('says what it wrote last, and keeps all of it where asked', async () => {
    const databasePath = join(folder, 'damaged.db')
    const logPath = join(folder, 'server.log')
    await writeFile(databasePath, 'this is no database, and stays as it is')
    await expect(startDevServer({ cli, report, databasePath, logPath, headless: true })).rejects.toThrow(
      /ended before it answered\. It wrote last \(all of it is in .*server\.log\):\n.*not a database/s,
    )
    expect(await readFile(logPath, 'utf8')).toContain('not a database')
    expect(await readFile(databasePath, 'utf8')).toBe('this is no database, and stays as it is')
  })

  it('runs without its log where that cannot be written, and says so', async () => {
    const said: string[] = []
    const server = await startDevServer({ cli, report: line => said.push(line), headless: true, logPath: folder })
    await server.stop()
    expect(said.filter(line => line.includes(folder))).toEqual([expect.stringContaining('EISDIR')])
  })

  it('is started again where it loses a port inside, whatever it writes behind that', async () => {
    const path = join(folder, 'robbed')
    const once = `[ -e ${path}.once ] || { touch ${path}.once; echo 'panic: bind: address already in use'; seq 100; exit 2; }`
    await writeFile(path, `#!/bin/sh\n${once}\nexec ${cli.path} "$@"\n`, { mode: 0o755 })
    const said: string[] = []
    const robbed = { ...cli, path }
    const server = await startDevServer({ cli: robbed, report: line => said.push(line), headless: true })
    await server.stop()
    expect(said[0]).toContain('choosing again')
  })

  it('is given up and ended when it does not answer', async () => {
    const path = join(folder, 'silent')
    await writeFile(path, '#!/bin/sh\necho thinking\nexec sleep 600\n', { mode: 0o755 })
    const silent = { ...cli, path }
    await expect(startDevServer({ cli: silent, report, readyTimeoutMs: 3_000 })).rejects.toThrow(
      /did not answer within 3 s\. It wrote last:\nthinking/,
    )
  })
})

async function expectRegisteredOnce(connection: Connection): Promise<void> {
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never }
  await connection.workflowService.registerNamespace({ namespace: 'new', workflowExecutionRetentionPeriod })
  const names = Object.keys(SEARCH_ATTRIBUTES)
  expect(await missingSearchAttributes(connection, 'new')).toEqual(names)
  expect(await setupSearchAttributes(connection, 'new')).toEqual({ added: names, missing: [] })
  expect(await setupSearchAttributes(connection, 'new')).toEqual({ added: [], missing: [] })
}

async function withConnection<Result>(
  server: DevServer,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect(localConnection(server.address).client)
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

function listen(): Promise<Server> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
  })
}
