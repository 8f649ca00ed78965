/**
 * Our worker, put together as in production but for a clock around the provider's port, which tells what a step takes beside it.
 */
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { z } from 'zod'
import { createActivities } from '../../../activities/index.ts'
import { WORKFLOW_INTERCEPTORS_PATH, WORKFLOWS_PATH } from '../../../src/runtime/paths.ts'
import { wirePorts } from '../../../src/runtime/ports/wire-ports.ts'
import type { TemporalConnection } from '../../../src/runtime/temporal/connection-options.ts'
import { openStore } from '../../../src/store/index.ts'
import { defineAgent, defineTool } from '../../../src/tools/index.ts'
import { soundConfiguration } from '../../../test/support/sound-configuration.ts'
import { serveBench, settingsOf } from '../../processes/parent.ts'
import { createClock } from '../clock.ts'
import { heapAfterCollection, watchThreads } from '../heap.ts'
import { pageOf } from '../page.ts'
import { AGENT, CONTEXT_WINDOW, INSTRUCTIONS, PROMPT_TOKENS, TOOL } from '../settings.ts'

export interface LongSettings {
  readonly temporal: TemporalConnection
  readonly taskQueue: string
  readonly vendorUrl: string
  readonly storePath: string
  readonly steps: number
  /** Steps after which the heap is measured. */
  readonly heapAt: readonly number[]
}

const { temporal, taskQueue, vendorUrl, storePath, steps, heapAt } = settingsOf<LongSettings>()

watchThreads()

const configuration = soundConfiguration(`
providers:
  bench:
    protocol: openai-compatible
    baseURL: ${vendorUrl}
    apiKey: none
    models:
      bench/reader:
        upstream: reader
        contextWindow: ${CONTEXT_WINDOW}
        maxOutput: 8192
        abilities: [tools]
        price: { input: 1, cachedInput: 0.1, output: 4 }
classes:
  bench: { models: [bench/reader], maxOutputTokens: 2000 }
`)

const heaps: Record<number, number> = {}
let calls = 0

const tool = defineTool({
  ...TOOL,
  input: z.object({ page: z.number() }),
  run: async (_input, { idempotencyKey }) => {
    calls += 1
    if (heapAt.includes(calls)) heaps[calls] = await heapAfterCollection()
    return pageOf(idempotencyKey)
  },
})

const agent = defineAgent({
  name: AGENT,
  instructions: INSTRUCTIONS,
  tools: [tool],
  taskClass: 'bench',
  limits: { steps, promptTokens: PROMPT_TOKENS },
})

Runtime.install({ logger: new DefaultLogger('WARN') })
const store = await openStore({ path: storePath })
const app = { agents: [agent], tools: [tool] }
const wired = wirePorts({ configuration, store, app })
const clock = createClock(wired.ports.models)
const connection = await NativeConnection.connect(temporal.native)
const worker = await Worker.create({
  connection,
  namespace: temporal.namespace,
  taskQueue,
  workflowsPath: WORKFLOWS_PATH,
  interceptors: { workflowModules: [WORKFLOW_INTERCEPTORS_PATH], activity: [clock.interceptor] },
  activities: createActivities({ ...wired.ports, models: clock.models }),
  maxHeartbeatThrottleInterval: '1s',
  defaultHeartbeatThrottleInterval: '1s',
})
const served = worker.run()

serveBench(
  undefined,
  async () => {
    worker.shutdown()
    await served
    await connection.close()
    await wired.close()
    await store.close()
  },
  () => ({ steps: clock.steps(), heaps }),
)
