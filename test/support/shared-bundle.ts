import type { WorkerOptions } from '@temporalio/worker'

/** Where the run of tests has left its bundle. Processes that a test starts see it too. */
export const SHARED_BUNDLE = 'SIGNALBOX_TEST_BUNDLE'

/** The shipped workflows and those of `test/workflows/fixtures`, for a worker that bundles none. Nothing where nobody has made a bundle. */
export function sharedBundle(): Pick<WorkerOptions, 'workflowBundle'> {
  const codePath = process.env[SHARED_BUNDLE]
  return codePath === undefined ? {} : { workflowBundle: { codePath } }
}
