import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { TASK_QUEUE } from '../../src/core/protocol.ts'
import { type DevServer, startDevServer } from '../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../src/runtime/dev-server/find-cli.ts'
import { lastPollAtMs } from '../../src/runtime/temporal/last-poll.ts'
import { signalbox } from './captured.ts'

const WORKFLOWS = fileURLToPath(new URL('./idle-workflow.ts', import.meta.url))

let server: DevServer

beforeAll(async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const found = await findTemporalCli({ env, report: () => undefined })
  if (found.kind === 'address') throw new Error('an address was found although none was given')
  server = await startDevServer({ cli: found.cli, report: () => undefined, headless: true })
}, 300_000)
afterAll(() => server.stop())

it('tells a worker of this machine that asks for work from none', async () => {
  const none = await health()
  expect(none).toMatchObject({
    exitCode: EXIT.checkFailed,
    out: expect.stringMatching(/^no worker of .* asks for work$/m),
  })
  const native = await NativeConnection.connect({ address: server.address })
  const worker = await Worker.create({ connection: native, taskQueue: TASK_QUEUE, workflowsPath: WORKFLOWS })
  await worker.runUntil(async () => {
    await untilPolled()
    expect(await health()).toMatchObject({
      exitCode: EXIT.done,
      out: expect.stringMatching(/^a worker of .* asks for work$/m),
    })
    const other = await health('--task-queue', 'another-queue', '--json')
    expect(other.exitCode).toBe(EXIT.checkFailed)
    expect(other.json()).toEqual({ healthy: false, namespace: 'default', taskQueue: 'another-queue', host: hostname() })
    expect(await polledAt('another-machine')).toBeUndefined()
  })
  await native.close()
}, 60_000)

function health(...words: string[]) {
  return signalbox(['health', ...words], { env: { TEMPORAL_ADDRESS: server.address } })
}

async function untilPolled(): Promise<void> {
  await expect.poll(() => polledAt(hostname())).toBeGreaterThan(0)
}

async function polledAt(host: string): Promise<number | undefined> {
  const connection = await Connection.connect({ address: server.address })
  try {
    return await lastPollAtMs(connection, { namespace: 'default', taskQueue: TASK_QUEUE, host })
  } finally {
    await connection.close()
  }
}
