/**
 * How a run ended, whatever way Temporal tells it.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { QueryNotRegisteredError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common'
import { isOutcome, NO_TOTALS } from '../../core/agent/totals.ts'
import { costUsd } from '../../core/money/cost.ts'
import {
  ENDED,
  type LostSpendings,
  type Outcome,
  type OutcomeKind,
  QUERIES,
  type RunState,
} from '../../core/protocol.ts'
import { wordsOf } from '../../core/sealing.ts'
import { unansweredBecause } from '../hearing/unanswered-query.ts'
import { answersWith, GRPC, grpcAnswer } from '../temporal/grpc-answer.ts'

/**
 * Waits for the end, also while the Temporal server is away. A run that was cancelled, was terminated or failed by its own code has an
 * outcome too. A workflow that returns something other than an outcome has answered with that.
 *
 * @param spent - What the run has spent by the ledger; gives `undefined` if this client cannot read it. Asked only for a run that left no
 * outcome.
 */
export async function outcomeOfRun<Output>(
  workflow: WorkflowHandle,
  spent: () => Promise<LostSpendings | undefined>,
): Promise<Outcome<Output>> {
  try {
    const result = await resultOf(workflow)
    return isOutcome(result)
      ? (result as Outcome<Output>)
      : await outcomeFrom(workflow, { kind: 'answered', output: result as Output })
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.type === ENDED) return cause.details?.[0] as Outcome<Output>
    // A call that is cancelled while its worker or the store is lost, or whose run is terminated, cannot tell it what it has cost.
    return outcomeFrom<Output>(workflow, endOf(cause), await spent())
  }
}

/** The client's own tries take some twenty seconds. */
const NEXT_TRY_MS = 500

/** A server may be away for longer than its client tries; the run goes on when it is back. A closed connection has an error of its own. */
async function resultOf(workflow: WorkflowHandle): Promise<unknown> {
  for (;;) {
    try {
      return await workflow.result()
    } catch (error) {
      if (!answersWith(error, [GRPC.unavailable])) throw error
    }
    await delay(NEXT_TRY_MS)
  }
}

/** How a run ended that left no outcome, by the cause of the failure that is its result. */
export function endOf(cause: Error | undefined): { readonly kind: OutcomeKind; readonly message: string } {
  if (cause instanceof CancelledFailure) return { kind: 'cancelled', message: 'the run was cancelled' }
  if (cause instanceof TerminatedFailure) return { kind: 'failed', message: 'the run was terminated' }
  return { kind: 'failed', message: cause ? innermost(cause) : 'the run failed without a message' }
}

/** What the innermost failure says; a sealed run's has its words in the details. */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : wordsOf(error)
}

async function outcomeFrom<Output>(
  workflow: WorkflowHandle,
  end: Pick<Outcome<Output>, 'kind' | 'message' | 'output'>,
  spent?: LostSpendings,
): Promise<Outcome<Output>> {
  const { calls, toolCalls, ...told } = await totalsOf(workflow)
  const { cost, usage } = spent ?? told
  return { ...end, cost, costUsd: costUsd(cost), usage, calls, toolCalls }
}

type RunTotals = Pick<RunState, 'cost' | 'usage' | 'calls' | 'toolCalls'>

/** From the closed run's last state, which any live worker can tell. A workflow that was no run yet has spent nothing. */
async function totalsOf(workflow: WorkflowHandle): Promise<RunTotals> {
  try {
    return await workflow.query<RunState>(QUERIES.state)
  } catch (error) {
    if (wasNoRun(error) || wasNeverTakenUp(error)) return NO_TOTALS
    throw error
  }
}

/** What a worker could not tell is not nothing. */
function wasNoRun(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && unansweredBecause(error) === undefined
}

/** The server has one code for this and for a run whose worker fails at it, which may have spent much. */
function wasNeverTakenUp(error: unknown): boolean {
  return grpcAnswer(error)?.details.includes('closed before WorkflowTaskStarted') ?? false
}
