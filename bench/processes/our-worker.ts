/** Our worker as in production: the public worker, a configuration, the store in a SQLite file. */
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import type { TemporalConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { soundConfiguration } from '../../test/support/sound-configuration.ts'
import { serveBench, settingsOf } from './parent.ts'

export interface OurSettings {
  readonly temporal: TemporalConnection
  readonly taskQueue: string
  readonly vendorUrl: string
  readonly storePath: string
}

const { temporal, taskQueue, vendorUrl, storePath } = settingsOf<OurSettings>()

const config = soundConfiguration(`
providers:
  bench:
    protocol: openai-compatible
    baseURL: ${vendorUrl}
    apiKey: none
    models:
      bench/answers:
        upstream: answers
        contextWindow: 200000
        maxOutput: 8192
        price: { input: 1, output: 4 }
classes:
  bench: { models: [bench/answers], maxOutputTokens: 500 }
`)

Runtime.install({ logger: new DefaultLogger('WARN') })
const own = await createWorker({
  config,
  store: { path: storePath },
  temporal,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('../workflows/model-loop.ts', import.meta.url)),
})
const served = own.run()

serveBench(undefined, async () => {
  own.shutdown()
  await served
})
