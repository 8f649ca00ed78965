/**
 * Bundles workflows once for many workers: each would take more than a second of its own.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { joinWorkflows } from '../../src/runtime/joining/join-workflows.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../../src/runtime/paths.ts'
import { withBundlerCache } from './bundler-cache.ts'

/**
 * Writes a bundle of the shipped workflows and of others.
 *
 * @param userPath - The module of the others.
 */
export async function bundleWorkflows(bundlePath: string, userPath: string): Promise<void> {
  // First without the others: the bundler would remember where their module is, also for bundles that have another in its place.
  await bundled(undefined, config => withBundlerCache(config, bundlePath, { readonly: false }))
  const code = await bundled(userPath, config =>
    withBundlerCache(withoutSources(config), bundlePath, { readonly: true }),
  )
  await writeFile(bundlePath, code)
}

async function bundled(userPath: string | undefined, hook: WebpackConfigHook): Promise<string> {
  const { code } = await bundleWorkflowCode({
    ...joinWorkflows(userPath, hook),
    workflowInterceptorModules: [WORKFLOW_INTERCEPTORS_PATH],
    logger: new DefaultLogger('ERROR'),
  })
  return code
}

type WebpackConfigHook = NonNullable<BundleOptions['webpackConfigHook']>

/** Failures name files and lines without the text of the files, which each worker would read and parse: half of the bundle. */
const withoutSources: WebpackConfigHook = config => ({ ...config, devtool: 'inline-nosources-source-map' })
