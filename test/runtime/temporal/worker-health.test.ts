import { execFile } from 'node:child_process'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Connection } from '@temporalio/client'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TASK_QUEUE } from '../../../src/core/protocol.ts'
import { type DevServer, startDevServer } from '../../../src/runtime/temporal/dev-server.ts'
import { findTemporalCli } from '../../../src/runtime/temporal/find-cli.ts'
import { lastPollAtMs } from '../../../src/runtime/temporal/last-poll.ts'

const SCRIPT = fileURLToPath(new URL('../../../src/runtime/temporal/worker-health.ts', import.meta.url))
const WORKFLOWS = fileURLToPath(new URL('./idle-workflow.ts', import.meta.url))

let server: DevServer

beforeAll(async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const found = await findTemporalCli({ env, report: () => undefined })
  if (found.kind === 'address') throw new Error('an address was found although none was given')
  server = await startDevServer({ cli: found.cli, report: () => undefined, headless: true })
  Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } })
}, 300_000)
afterAll(() => server.stop())

it('tells a worker of this machine that asks for work from none', async () => {
  expect(await health()).toEqual({ code: 1, said: 'does not ask for work\n' })
  const native = await NativeConnection.connect({ address: server.address })
  const worker = await Worker.create({ connection: native, taskQueue: TASK_QUEUE, workflowsPath: WORKFLOWS })
  await worker.runUntil(async () => {
    await untilPolled()
    expect(await health()).toEqual({ code: 0, said: 'asks for work\n' })
    expect(await polledAt('another-machine')).toBeUndefined()
  })
  await native.close()
}, 60_000)

async function health(): Promise<{ code: number; said: string }> {
  const env = { ...process.env, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' }
  return promisify(execFile)(process.execPath, [SCRIPT], { env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, said: error.stdout }),
  )
}

async function untilPolled(): Promise<void> {
  await expect.poll(() => polledAt(hostname()), { timeout: 20_000 }).toBeGreaterThan(0)
}

async function polledAt(host: string): Promise<number | undefined> {
  const connection = await Connection.connect({ address: server.address })
  try {
    return await lastPollAtMs(connection, { namespace: 'default', taskQueue: TASK_QUEUE, host })
  } finally {
    await connection.close()
  }
}
