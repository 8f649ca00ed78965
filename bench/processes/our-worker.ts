/** Our worker as in production: the public worker, a configuration, the store in a SQLite file. */
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { readConfiguration } from '../../src/catalog/index.ts'
import type { TemporalConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { serveBench, settingsOf } from './parent.ts'

export interface OurSettings {
  readonly temporal: TemporalConnection
  readonly taskQueue: string
  readonly vendorUrl: string
  readonly storePath: string
}

const { temporal, taskQueue, vendorUrl, storePath } = settingsOf<OurSettings>()

const read = readConfiguration(
  `
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
`,
  { env: {} },
)
if (!read.ok) throw new Error(JSON.stringify(read.problems))

Runtime.install({ logger: new DefaultLogger('WARN') })
const own = await createWorker({
  config: read.configuration,
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
