/**
 * A worker of Temporal's own, with the options that ours sets, and an activity that does nothing. Its connection is the SDK's by
 * default: it packs what it sends, ours does not (docs/decisions/2026-11-26-a-worker-does-not-pack.md).
 */
import { fileURLToPath } from 'node:url'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { TemporalConnection } from '../../src/runtime/temporal/connection-options.ts'
import { serveBench, settingsOf } from './parent.ts'

export interface BareSettings {
  readonly temporal: TemporalConnection
  readonly taskQueue: string
}

const { temporal, taskQueue } = settingsOf<BareSettings>()

Runtime.install({ logger: new DefaultLogger('WARN') })
const connection = await NativeConnection.connect(temporal.native)
const worker = await Worker.create({
  connection,
  namespace: temporal.namespace,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('../workflows/bare-loop.ts', import.meta.url)),
  activities: { pass: async (step: number) => step },
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
  shutdownGraceTime: '30s',
})
const served = worker.run()

serveBench(undefined, async () => {
  worker.shutdown()
  await served
  await connection.close()
})
