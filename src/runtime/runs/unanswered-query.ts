import { QueryNotRegisteredError } from '@temporalio/client'
import { changedCodeWords } from '../temporal/changed-workflow.ts'

/** TypeScript's words; those of Python and .NET, of Go and of Java have the queries that are known in them, or the one that is not. */
const NO_SUCH_QUERY = /did not register a handler|known ?quer/i

/** So the core begins what it says where the code of a workflow has changed: of a run that waits, a query is the first to notice. */
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
