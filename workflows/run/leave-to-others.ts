/**
 * A run whose type is no workflow of this worker. It is taken for an agent's, but may be another application's.
 *
 * @module
 */
import { patched, workflowInfo } from '@temporalio/workflow'
import type { RunRef } from '../../src/core/protocol.ts'
import { ownKnowledge } from './activities.ts'
import type { Patch } from './patches.ts'

/** Whether the run may be another application's: it has no brief. An agent's run has none either if Temporal's own client started it so. */
export function mayBeAnothers(given: unknown): boolean {
  return !isBrief(given) && patched('signalbox.left-to-others' satisfies Patch)
}

export function isBrief(given: unknown): boolean {
  const asked: object = Object(given)
  return 'input' in asked || 'terms' in asked
}

/**
 * Fails the workflow's task where no agent has that name. Temporal then gives it to another worker, and history has nothing of this
 * try: while the workers of a queue are exchanged, the run may be of a workflow that this one does not know yet. If it ended as refused, it
 * would be lost, and completed as far as Temporal knows.
 *
 * @throws Error that is no failure of the workflow.
 */
export async function leaveToOthers(run: RunRef, workflows: readonly string[]): Promise<void> {
  const { workflowType: name } = workflowInfo()
  if (await ownKnowledge('look for the agent').hasAgent({ run, name })) return
  const known = workflows.length > 0 ? `which are: ${workflows.join(', ')}` : 'of which it has none'
  throw new Error(
    `no agent of this worker is called '${name}', nor any of its workflows, ${known}. A worker that has it may take it up; an agent would have been started with { "input": "…" }`,
  )
}
