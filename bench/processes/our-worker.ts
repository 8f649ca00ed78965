/** Our worker as in production, on a configuration and a store that the bench names. */
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import type { TemporalConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import type { StoreSettings } from '../../src/store/index.ts'
import { soundConfiguration } from '../../test/support/sound-configuration.ts'
import { serveBench, settingsOf } from './parent.ts'

export interface OurSettings {
  readonly temporal: TemporalConnection
  readonly taskQueue: string
  readonly yaml: string
  readonly store: StoreSettings
  /** A file of `bench/workflows`. */
  readonly workflows: string
  /** Below which nothing is logged. @defaultValue WARN */
  readonly logLevel?: 'WARN' | 'ERROR'
}

const { temporal, taskQueue, yaml, store, workflows, logLevel = 'WARN' } = settingsOf<OurSettings>()

const config = soundConfiguration(yaml)

Runtime.install({ logger: new DefaultLogger(logLevel) })
const own = await createWorker({
  config,
  store,
  temporal,
  taskQueue,
  workflowsPath: fileURLToPath(new URL(`../workflows/${workflows}`, import.meta.url)),
})
const served = own.run()

serveBench(undefined, async () => {
  own.shutdown()
  await served
})
