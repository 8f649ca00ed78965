import { QueryNotRegisteredError } from '@temporalio/client'

/** TypeScript's words; those of Python and .NET, of Go and of Java have the queries that are known in them, or the one that is not. */
const NO_SUCH_QUERY = /did not register a handler|known ?quer/i

/**
 * Why a worker could not answer a query, its store being out of reach, say; `undefined` for every other error. Temporal's client has one
 * error for this and for a workflow that is no run of ours, and what a worker's SDK says of the second is all that tells them apart.
 */
export function unansweredBecause(error: unknown): string | undefined {
  return error instanceof QueryNotRegisteredError && !NO_SUCH_QUERY.test(error.message) ? error.message : undefined
}
