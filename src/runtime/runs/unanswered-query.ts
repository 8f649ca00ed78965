import { QueryNotRegisteredError } from '@temporalio/client'

/**
 * Why a worker could not answer a query, its store being out of reach, say; `undefined` for every other error. Temporal's client has one
 * error for this and for a workflow that is no run of ours, and what a worker's SDK says of the second is all that tells them apart.
 */
export function unansweredBecause(error: unknown): string | undefined {
  const isUnanswered = error instanceof QueryNotRegisteredError && !error.message.includes('did not register a handler')
  return isUnanswered ? error.message : undefined
}
