/**
 * A worker below `node --watch`.
 *
 * @module
 */

/**
 * From Node 24.18 on, threads of a watched process report what they load to the port on which Temporal's SDK (1.24) expects answers of its
 * own, and the first report ends the process (temporalio/sdk-typescript#2196). Threads take over the environment of the main one. What that
 * one has loaded by now stays watched; what it loads later is not, nor what processes load that it starts.
 */
export function leaveThreadsUnwatched(): void {
  delete process.env.WATCH_REPORT_DEPENDENCIES
}
