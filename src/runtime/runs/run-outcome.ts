/**
 * Reads how a run ended, in whichever form Temporal reports it.
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
 * Waits until a run has ended and returns its outcome. It keeps waiting while the Temporal server is unavailable.
 *
 * A run that was cancelled or terminated, or whose code failed, has an outcome too. If a workflow returns something other than an
 * outcome, it counts as `answered` with that value as output.
 *
 * @param spent - Reads from the ledger what the run has spent; `undefined` if this client has no ledger. Called only if the run ended
 * without an outcome.
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
    // Calls of such a run may have cost money that the run was never told of, so the ledger is asked.
    return outcomeFrom<Output>(workflow, endOf(cause), await spent())
  }
}

/** Temporal's client has tried for about twenty seconds by then. */
const NEXT_TRY_MS = 500

/** Tries for as long as the server is unavailable, because the run continues when it is back. A closed connection is another error. */
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

/** How a run ended that left no outcome, from the cause of the failure that Temporal reports. */
export function endOf(cause: Error | undefined): { readonly kind: OutcomeKind; readonly message: string } {
  if (cause instanceof CancelledFailure) return { kind: 'cancelled', message: 'the run was cancelled' }
  if (cause instanceof TerminatedFailure) return { kind: 'failed', message: 'the run was terminated' }
  return { kind: 'failed', message: cause ? innermost(cause) : 'the run failed without a message' }
}

/** The words of the innermost failure; those of a sealed run are in its details. */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : wordsOf(error)
}

async function outcomeFrom<Output>(
  workflow: WorkflowHandle,
  end: Pick<Outcome<Output>, 'kind' | 'message' | 'output'>,
  spent?: LostSpendings,
): Promise<Outcome<Output>> {
  const { calls, toolCalls, ...counted } = await totalsOf(workflow)
  const { cost, usage } = spent ?? counted
  return { ...end, cost, costUsd: costUsd(cost), usage, calls, toolCalls }
}

type RunTotals = Pick<RunState, 'cost' | 'usage' | 'calls' | 'toolCalls'>

/**
 * What the run itself has counted, by a query that any live worker can answer for a closed run. A workflow that was closed before it
 * became a run of ours has spent nothing.
 */
async function totalsOf(workflow: WorkflowHandle): Promise<RunTotals> {
  try {
    return await workflow.query<RunState>(QUERIES.state)
  } catch (error) {
    if (hasNoRun(error) || wasNeverStarted(error)) return NO_TOTALS
    throw error
  }
}

/**
 * Whether the workflow never called `openRun`. The same error comes when a worker cannot answer the query for another reason; what such a
 * run has spent is unknown, not nothing.
 */
function hasNoRun(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && unansweredBecause(error) === undefined
}

/**
 * Whether the workflow was closed before any worker took it up. Only the message says so: the gRPC code is the same for a run that a
 * worker cannot replay, which may have spent much.
 */
function wasNeverStarted(error: unknown): boolean {
  return grpcAnswer(error)?.details.includes('closed before WorkflowTaskStarted') ?? false
}
