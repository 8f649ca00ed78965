import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { beforeAll, expect, inject, it, vi } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { TASK_QUEUE } from '../../src/core/protocol.ts'
import { lastPollAtMs, servedQueue } from '../../src/runtime/temporal/served-queue.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { FRUGAL } from '../support/stage.ts'
import { signalbox } from './captured.ts'

/** Of this test alone: nobody else's worker asks for work here. */
const namespace = `health-${Date.now()}`
const address = inject('temporalAddress')

beforeAll(async () => {
  const connection = await Connection.connect({ address })
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never }
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  // The server's own parts learn of it within seconds.
  await vi.waitFor(() => polledAt(hostname()), { timeout: 100_000, interval: 200 })
  await connection.close()
})

it('tells a worker of this machine that asks for work from none', async () => {
  const none = await health()
  expect(none).toMatchObject({
    exitCode: EXIT.checkFailed,
    out: expect.stringMatching(/^no worker of .* asks for work$/m),
  })
  const native = await NativeConnection.connect({ address })
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue: TASK_QUEUE,
    ...FRUGAL,
    ...sharedBundle(),
  })
  await worker.runUntil(async () => {
    await untilPolled()
    expect(await health()).toMatchObject({
      exitCode: EXIT.done,
      out: expect.stringMatching(/^a worker of .* asks for work$/m),
    })
    expect((await health('--json')).json().askedAtMs).toSatisfy(Number.isInteger)
    const other = await health('--task-queue', 'another-queue', '--json')
    expect(other.exitCode).toBe(EXIT.checkFailed)
    expect(other.json()).toEqual({ healthy: false, namespace, taskQueue: 'another-queue', host: hostname() })
    expect(await polledAt('another-machine')).toBeUndefined()
  })
  await native.close()
})

function health(...words: string[]) {
  return signalbox(['health', ...words], { env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } })
}

async function untilPolled(): Promise<void> {
  await expect.poll(() => polledAt(hostname())).toBeGreaterThan(0)
}

async function polledAt(host: string): Promise<number | undefined> {
  const connection = await Connection.connect({ address })
  try {
    return lastPollAtMs(await servedQueue(connection.workflowService, { namespace, taskQueue: TASK_QUEUE }), host)
  } finally {
    await connection.close()
  }
}
