/**
 * One measurement of one side.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Side } from './stage.ts'

/** All per step, over all runs of the measurement. */
export interface Sample {
  /** From the first start to the last result, as the client sees it; opening and closing the run are in it. */
  readonly wallMs: number
  /** Of the worker's process, all threads. */
  readonly cpuMs: number
  readonly events: number
}

/** Runs some workflows of so many steps each at once, and waits for all of them. */
export async function measure(side: Side, { runs, steps }: { runs: number; steps: number }): Promise<Sample> {
  const cpuBefore = await side.worker.cpuMs()
  const begin = performance.now()
  const ids = Array.from({ length: runs }, () => `${side.workflow}-${randomUUID()}`)
  await Promise.all(ids.map(id => runOnce(side, id, steps)))
  const wallMs = performance.now() - begin
  const cpuMs = (await side.worker.cpuMs()) - cpuBefore
  const events = (await Promise.all(ids.map(id => eventsOf(side, id)))).reduce((sum, count) => sum + count, 0)
  const all = runs * steps
  return { wallMs: wallMs / all, cpuMs: cpuMs / all, events: events / all }
}

async function runOnce({ client, workflow, taskQueue, argument }: Side, workflowId: string, steps: number) {
  const result: unknown = await client.workflow.execute(workflow, { taskQueue, workflowId, args: [argument(steps)] })
  if (result === null || result === undefined) throw new Error(`${workflow} ${workflowId} ended without a result`)
}

async function eventsOf({ client }: Side, workflowId: string): Promise<number> {
  return (await client.workflow.getHandle(workflowId).describe()).historyLength
}
