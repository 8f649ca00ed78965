/**
 * What a run that has ended answers to everyone who wants something of it.
 *
 * @module
 */
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import { knownAcrossCopies } from '../../core/across-copies.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import { SealProblem } from '../../store/index.ts'
import { lookUpRun, type SoughtRun } from '../finding/look-up-run.ts'
import { statusInWords } from '../temporal/how-ended.ts'

/** The run has ended, and takes nothing any more. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded'

  static {
    knownAcrossCopies(RunEnded, 'RunEnded')
  }

  constructor(id: string, wanted: string, how: string) {
    super(
      `run ${id} has ended (${how}) and cannot be ${wanted} any more; \`signalbox show ${shellWord(id)}\` says how it ended, and \`signalbox fork ${shellWord(id)} --at-step <n>\` continues an agent's run from a step`,
    )
  }
}

/**
 * Tells the run something, and finds out why if that fails. Temporal has one answer for a run that has ended, for one that never was, and
 * for one that was reset before it was done with what it was told: the last is open, and is told again. Nothing can be sent to a run whose
 * key was destroyed at its end.
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
 * Asked before a run is cancelled: Temporal accepts that for a run that has ended, too.
 *
 * @throws RunEnded, or WorkflowNotFoundError when there is no such run.
 */
export async function assertOpen(run: SoughtRun, wanted: string): Promise<void> {
  const { described, forgotten } = await lookUpRun(run)
  const how = described ? statusInWords(described.status) : forgotten.outcome!
  if (how !== 'running') throw new RunEnded(run.workflow.workflowId, wanted, how)
}
