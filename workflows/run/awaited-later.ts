/**
 * Lets a promise fail before anybody awaits it, as one that waits behind another does: an unhandled rejection would fail the
 * workflow's task, which Temporal tries again for ever. Whoever awaits it later gets the error all the same.
 *
 * @module
 */
export function awaitedLater<Given>(promise: Promise<Given>): Promise<Given> {
  promise.catch(() => {})
  return promise
}
