/**
 * What a worker takes for an agent's because it has no workflow of that type, and may be another application's.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow'
import type { RunRef } from '../../src/core/protocol.ts'
import { ownKnowledge } from './activities.ts'

/** It has no brief, as what is started by Temporal's own means may not have. */
export function mayBeAnothers(given: unknown): boolean {
  const isBrief = typeof given === 'object' && given !== null && ('input' in given || 'terms' in given)
  return !isBrief && patched('signalbox.left-to-others')
}

/**
 * Fails the task of such a one that bears the name of no agent here. While the workers of a queue are exchanged it is of a workflow that
 * this one does not know yet: Temporal gives the task to another, and history has nothing of this one's. Ended as refused it would be
 * lost, to Temporal as one that has completed.
 *
 * @throws Error that is no failure of the workflow.
 */
export async function leaveToOthers(run: RunRef, workflows: readonly string[]): Promise<void> {
  const { workflowType: name } = workflowInfo()
  if (await ownKnowledge().hasAgent({ run, name })) return
  const known = workflows.length > 0 ? `which are: ${workflows.join(', ')}` : 'of which it has none'
  throw new Error(
    `no agent of this worker is called '${name}', nor any of its workflows, ${known}. A worker that has it may take it up; an agent of that name would have been started with { "input": "…" }`,
  )
}
