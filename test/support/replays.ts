import { Worker } from '@temporalio/worker'
import { expect } from 'vitest'
import { sharedBundle } from './shared-bundle.ts'
import type { Stage } from './stage.ts'

/**
 * Every task of every workflow that the stage's workers have served, in any part and below: whatever is not deterministic fails here. A
 * worker that keeps no workflows (`maxCachedWorkflows: 0`) replays as much on the way, and loses tasks that come to it with queries.
 *
 * @param least - How many workflows there were at least.
 */
export async function expectReplays({ signalbox, taskQueue, workers }: Stage, least: number): Promise<void> {
  const histories = signalbox.client.workflow.list({ query: `TaskQueue = '${taskQueue}'` }).intoHistories()
  const failed: string[] = []
  let replayed = 0
  const options = { ...sharedBundle(), plugins: [workers[0]!.plugin] }
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    if (error) failed.push(`${workflowId}: ${error.message}`)
    replayed += 1
  }
  expect(failed).toEqual([])
  expect(replayed).toBeGreaterThanOrEqual(least)
}
