import { QueryNotRegisteredError } from '@temporalio/client'
import { changedCodeWords } from '../temporal/changed-workflow.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'

/** How SDKs say that a workflow has no such query: TypeScript's in these words, the others' with `known queries` or `unknown query`. */
const NO_SUCH_QUERY = /did not register a handler|known ?quer/i

/** Temporal's core begins so when a workflow's code has changed. While a run waits, a query is the first to notice. */
const CHANGED = /^\[TMPRL1100\]/

/**
 * Why a worker could not answer a query, its store being out of reach, say; `undefined` for every other error. Temporal's client has one
 * error for this and for a workflow that is no run of ours, and what a worker's SDK says of the second is all that tells them apart.
 */
export function unansweredBecause(error: unknown): string | undefined {
  const changed = unansweredForChange(error)
  if (changed !== undefined) return changed
  return error instanceof QueryNotRegisteredError && !NO_SUCH_QUERY.test(error.message) ? error.message : undefined
}

/** The same where no worker of today's code will ever answer; `undefined` where one may. */
export function unansweredForChange(error: unknown): string | undefined {
  return error instanceof QueryNotRegisteredError && CHANGED.test(error.message)
    ? changedCodeWords(error.message)
    : undefined
}

/**
 * Whether the workflow was closed before any worker took it up. Only the message says so: the gRPC code is the same for a run that a
 * worker cannot replay, which may have spent much.
 */
export function wasNeverStarted(error: unknown): boolean {
  return grpcAnswer(error)?.details.includes('closed before WorkflowTaskStarted') ?? false
}
