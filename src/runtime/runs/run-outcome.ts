/**
 * Reads how a run ended, in whichever form Temporal reports it.
 *
 * @module
 */
import { QueryNotRegisteredError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common'
import { isOutcome, NO_TOTALS } from '../../core/agent/totals.ts'
import { costUsd } from '../../core/money/cost.ts'
import { ENDED, type Outcome, type OutcomeKind, type RunSpent } from '../../core/protocol.ts'
import { wordsOf } from '../../core/sealing.ts'
import { RunUnheard } from '../hearing/run-unheard.ts'
import { unansweredBecause, wasNeverStarted } from '../hearing/unanswered-query.ts'
import { AWAY, onceThere } from '../temporal/server-away.ts'

/** Who tells what a run has spent that ended without an outcome. */
export interface Spendings {
  /** By the ledger; `undefined` if that does not have the run, or this client has none. */
  readonly inLedger: () => Promise<LedgerSpendings | undefined>
  /** By the run itself. @throws RunUnheard if no worker answers for it */
  readonly byRun: () => Promise<RunSpent>
}

/** Without `toolCalls` once the run's content was purged, and the records of its tools with it. */
export type LedgerSpendings = Omit<RunSpent, 'toolCalls'> & Partial<Pick<RunSpent, 'toolCalls'>>

/**
 * Waits until a run has ended and returns its outcome. It keeps waiting while the Temporal server is unavailable or silent, for the run
 * continues when it is back, or until the caller's own deadline. A closed connection is an error.
 *
 * A run that was cancelled or terminated, or whose code failed, has an outcome too. If a workflow returns something other than an
 * outcome, it counts as `answered` with that value as output.
 *
 * @throws RunUnheard if neither the ledger nor a worker tells what a run has spent that ended without an outcome.
 */
export async function outcomeOfRun<Output>(workflow: WorkflowHandle, spendings: Spendings): Promise<Outcome<Output>> {
  try {
    const result = await onceThere(workflow, AWAY, () => workflow.result())
    return isOutcome(result)
      ? (result as Outcome<Output>)
      : await outcomeFrom<Output>(workflow, { kind: 'answered', output: result as Output }, spendings)
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.type === ENDED) return cause.details?.[0] as Outcome<Output>
    return outcomeFrom<Output>(workflow, endOf(cause), spendings)
  }
}

/** How a run ended that left no outcome, from the cause of the failure that Temporal reports. */
export function endOf(cause: Error | undefined): { readonly kind: OutcomeKind; readonly message: string } {
  if (cause instanceof CancelledFailure) return { kind: 'cancelled', message: 'the run was cancelled' }
  if (cause instanceof TerminatedFailure) return { kind: 'failed', message: 'the run was terminated' }
  if (cause instanceof TimeoutFailure) return { kind: 'failed', message: 'the run timed out' }
  return { kind: 'failed', message: cause ? innermost(cause) : 'the run failed without a message' }
}

/** The words of the innermost failure; those of a sealed run are in its details. */
function innermost(error: Error): string {
  return error.cause instanceof Error ? innermost(error.cause) : wordsOf(error)
}

/** Calls of such a run may have cost money that the run was never told of, so the ledger is asked first. It needs no worker either. */
async function outcomeFrom<Output>(
  { workflowId }: WorkflowHandle,
  end: Pick<Outcome<Output>, 'kind' | 'message' | 'output'>,
  { inLedger, byRun }: Spendings,
): Promise<Outcome<Output>> {
  const told = await inLedger()
  const counted = told?.toolCalls === undefined ? await totalsOf(workflowId, end, byRun) : {}
  const { cost, usage, calls, toolCalls } = { ...counted, ...told } as RunSpent
  return { ...end, cost, costUsd: costUsd(cost), usage, calls, toolCalls }
}

/**
 * What the run itself has counted, which any live worker can tell of a closed run. A workflow that was closed before it became a run of
 * ours has spent nothing.
 */
async function totalsOf(
  id: string,
  { kind, message = kind }: Pick<Outcome, 'kind' | 'message'>,
  byRun: Spendings['byRun'],
): Promise<RunSpent> {
  try {
    return await byRun()
  } catch (error) {
    if (hasNoRun(error) || wasNeverStarted(error)) return NO_TOTALS
    if (!(error instanceof RunUnheard)) throw error
    throw new RunUnheard(
      `run ${id} has ended (${message}), but what it has spent is not known here: ${error.message}. A client with the store of its workers needs none for this, unless the run's content was purged`,
    )
  }
}

/**
 * Whether the workflow never called `openRun`. The same error comes when a worker cannot answer the query for another reason; what such a
 * run has spent is unknown, not nothing.
 */
function hasNoRun(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && unansweredBecause(error) === undefined
}
