/**
 * The same agent in the shape of Temporal's plug-in for the AI SDK: the loop's whole prompt is the input of each model
 * activity, and all that the provider's package gives is its result, the request's body included. Imitated, not installed.
 */
import { fileURLToPath } from 'node:url'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { serveBench, settingsOf } from '../../processes/parent.ts'
import { pageOf } from '../page.ts'
import type { LongSettings } from './long-worker.ts'

const { temporal, taskQueue, vendorUrl } = settingsOf<LongSettings>()

Runtime.install({ logger: new DefaultLogger('ERROR') })
const provider = createOpenAICompatible({ name: 'bench', baseURL: vendorUrl, apiKey: 'none' })
const connection = await NativeConnection.connect(temporal.native)
let steps = 0
const worker = await Worker.create({
  connection,
  namespace: temporal.namespace,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('../../workflows/plugin-shape.ts', import.meta.url)),
  activities: {
    invokeModel: (modelId: string, options: LanguageModelV4CallOptions) => provider(modelId).doGenerate(options),
    async readPage(key: string) {
      steps += 1
      return pageOf(key)
    },
  },
})
const served = worker.run()

serveBench(
  undefined,
  async () => {
    worker.shutdown()
    await served
    await connection.close()
  },
  () => steps,
)
