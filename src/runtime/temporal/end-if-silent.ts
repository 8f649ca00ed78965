import type { ConnectionOptions } from '@temporalio/client'

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number]

/** A well server answers in milliseconds. A query waits for a worker, which may have to replay the run first. */
const ANSWERS_WITHIN_MS = 30_000

/** For calls that the server answers when there is news, or after 20 s by default. Temporal's other SDKs wait as long. */
const HOLDS_MS = 70_000

const HELD = /\/(?:GetWorkflowExecutionHistory|UpdateWorkflowExecution|PollWorkflowExecutionUpdate)$/

/**
 * Gives each try of a call a deadline, where the caller has set none. Over a connection whose other end is gone without a word, and over one
 * that is opened to a proxy with nobody behind it, a call without a deadline waits for ever. Comes after the interceptor that retries.
 */
export function endIfSilent(answersWithinMs = ANSWERS_WITHIN_MS): Interceptor {
  return (options, nextCall) => {
    const ms = HELD.test(options.method_definition.path) ? HOLDS_MS : answersWithinMs
    return nextCall({ ...options, deadline: options.deadline ?? Date.now() + ms }) as ReturnType<Interceptor>
  }
}
