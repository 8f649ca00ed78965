/**
 * A promise that may fail before anybody awaits it, beside one that is awaited first: no unhandled rejection, which would fail
 * the workflow's task, and Temporal then tries that again for ever. Whoever awaits it has the error all the same.
 *
 * @module
 */
export function awaitedLater<Given>(promise: Promise<Given>): Promise<Given> {
  promise.catch(() => {})
  return promise
}
