/**
 * Bundles workflows once for many workers: each would take more than a second of its own.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { joinWorkflows } from '../../src/runtime/joining/join-workflows.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../../src/runtime/paths.ts'

/**
 * Writes a bundle of the shipped workflows.
 *
 * @param userPath - A module with workflows to have beside them.
 */
export async function bundleWorkflows(bundlePath: string, userPath?: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    ...joinWorkflows(userPath, withoutSources),
    workflowInterceptorModules: [WORKFLOW_INTERCEPTORS_PATH],
    logger: new DefaultLogger('ERROR'),
  })
  await writeFile(bundlePath, code)
}

/** Failures name files and lines without the text of the files, which each worker would read and parse: half of the bundle. */
const withoutSources: BundleOptions['webpackConfigHook'] = config => ({
  ...config,
  devtool: 'inline-nosources-source-map',
})
