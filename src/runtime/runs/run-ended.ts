/**
 * What a run that has ended answers to everyone who wants something of it.
 *
 * @module
 */
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import { shellWord } from '../../core/words/shell-word.ts'
import { SealProblem } from '../../store/index.ts'
import { lookUpRun, type SoughtRun } from '../finding/look-up-run.ts'
import { statusInWords } from '../temporal/how-ended.ts'

/** The run has ended, and takes nothing any more. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded'

  constructor(id: string, wanted: string, how: string) {
    super(
      `run ${id} has ended (${how}) and cannot be ${wanted} any more; \`signalbox show ${shellWord(id)}\` says how it ended, and \`signalbox fork ${shellWord(id)} --at-step <n>\` continues an agent's run from a step`,
    )
  }
}

/**
 * Says it to the run. Temporal answers alike for a run that has ended and for one that never was, so it is asked which; and what is
 * said to a run whose key was destroyed at its end cannot even be sent. It answers so too for a run that is reset before it has heard
 * what it was told, or is done with it: that is open, and is told again.
 *
 * @param say - Does the same if it is called twice.
 * @throws RunEnded, or WorkflowNotFoundError when there is no such run.
 */
export async function unlessEnded<T>(run: SoughtRun, wanted: string, say: () => Promise<T>): Promise<T> {
  try {
    return await say()
  } catch (error) {
    const wasUnheard = error instanceof WorkflowNotFoundError || isLeftUndone(error)
    if (wasUnheard || error instanceof SealProblem) await assertOpen(run, wanted)
    if (!wasUnheard) throw error
    return say()
  }
}

/** What the server says of an update that was under way in a workflow as that ended, or was reset. */
function isLeftUndone(error: unknown): boolean {
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined
  return cause instanceof ApplicationFailure && cause.type === 'AcceptedUpdateCompletedWorkflow'
}

/**
 * For what Temporal takes without a word, though nobody hears it: the cancellation of a run that has ended.
 *
 * @throws RunEnded, or WorkflowNotFoundError when there is no such run.
 */
export async function assertOpen(run: SoughtRun, wanted: string): Promise<void> {
  const { described, forgotten } = await lookUpRun(run)
  const how = described ? statusInWords(described.status) : forgotten.outcome!
  if (how !== 'running') throw new RunEnded(run.workflow.workflowId, wanted, how)
}
