/**
 * Our workflows, bundled when the package was built: a worker that has no others need not bundle them at each start.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { WorkerOptions } from '@temporalio/worker'
import { besideWorkflows } from '../paths.ts'

/** Named after the SDK, whose code is in it: beside another version of the SDK there is none. */
export function shippedBundlePath(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/workflow/package.json')
  return besideWorkflows(`bundled-${version}.js`)
}

/** Nothing where the code runs from source, which may have changed since. */
export function shippedBundle(): Pick<WorkerOptions, 'workflowBundle'> {
  const codePath = shippedBundlePath()
  return existsSync(codePath) ? { workflowBundle: { codePath } } : {}
}
