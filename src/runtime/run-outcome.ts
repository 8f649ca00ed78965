/**
 * How a run ended, whatever way Temporal tells it.
 *
 * @module
 */
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common'
import { costUsd } from '../core/money/cost.ts'
import { ENDED, type Outcome, type OutcomeKind, QUERIES, type RunState } from '../core/protocol.ts'
import { wordsOf } from '../core/sealing.ts'

/** Waits for the end. A run that was cancelled or terminated, or that failed by its own code, has an outcome too. */
export async function outcomeOfRun<Output>(workflow: WorkflowHandle): Promise<Outcome<Output>> {
  try {
    return (await workflow.result()) as Outcome<Output>
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.type === ENDED) return cause.details?.[0] as Outcome<Output>
    return outcomeFrom<Output>(workflow, endOf(cause))
  }
}

function endOf(cause: Error | undefined): { readonly kind: OutcomeKind; readonly message: string } {
  if (cause instanceof CancelledFailure) return { kind: 'cancelled', message: 'the run was cancelled' }
  if (cause instanceof TerminatedFailure) return { kind: 'failed', message: 'the run was terminated' }
  return { kind: 'failed', message: cause ? innermost(cause) : 'the run failed without a message' }
}

/** What the innermost failure says; a sealed run's has its words in the details. */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : wordsOf(error)
}

/** The totals come from the closed run's last state, which any live worker can tell. */
async function outcomeFrom<Output>(
  workflow: WorkflowHandle,
  end: { readonly kind: OutcomeKind; readonly message: string },
): Promise<Outcome<Output>> {
  const { cost, usage, calls, toolCalls } = await workflow.query<RunState>(QUERIES.state)
  return { ...end, cost, costUsd: costUsd(cost), usage, calls, toolCalls }
}
