/**
 * The same run in the shape of Temporal's plug-in for the AI SDK, until the server ends it.
 *
 * @module
 */
import { startChild } from '../child.ts'
import { report } from '../progress.ts'
import { sizeOf } from './histories.ts'
import type { LongSettings } from './processes/long-worker.ts'
import type { LongStage } from './stage.ts'

export interface PluginFigures {
  /** Steps with their model call and their tool call. */
  readonly steps: number
  readonly historyBytes: number
  /** Why there were no more, in the server's words. */
  readonly end: string
}

export async function measurePluginShape(stage: LongStage, steps: number): Promise<PluginFigures> {
  const { temporal, client, vendorUrl } = stage
  const taskQueue = `${stage.mark}-plugin`
  const settings: LongSettings = { temporal, taskQueue, vendorUrl, storePath: '', steps, heapAt: [] }
  const worker = await startChild('../long/processes/plugin-shape-worker.ts', settings)
  try {
    const workflowId = taskQueue
    const input = 'Read the archive, page by page.'
    const handle = await client.workflow.start('pluginShape', { taskQueue, workflowId, args: [{ input, steps }] })
    const end = await handle.result().then(
      () => 'it came to its end',
      (error: Error & { readonly cause?: Error }) => error.cause?.message ?? error.message,
    )
    // Not read out of the history: a page of it is larger than the wire allows.
    const done = Number(await worker.measured())
    report(`in the plug-in's shape: ${end}`)
    return { steps: done, historyBytes: await sizeOf(client, workflowId), end }
  } finally {
    await worker.stop()
  }
}
