import type { WorkerOptions } from '@temporalio/worker'

/** Where the run of tests has left the bundle of the shipped workflows. Processes that a test starts see it too. */
export const SHIPPED_BUNDLE = 'SIGNALBOX_TEST_SHIPPED_BUNDLE'

/** For a worker without workflows of its own: it bundles none. Nothing where nobody has made a bundle. */
export function shippedBundle(): Pick<WorkerOptions, 'workflowBundle'> {
  const codePath = process.env[SHIPPED_BUNDLE]
  return codePath === undefined ? {} : { workflowBundle: { codePath } }
}
