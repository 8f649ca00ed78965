/**
 * Bundles of workflows that are made ahead, in a build or for tests, and what a worker looks at before it serves one.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import type { BundleOptions, BundlerPlugin, WorkerOptions } from '@temporalio/worker'
import { BUNDLED } from '../../core/bundled.ts'
import type { App } from '../app/app.ts'
import { quietBundler } from '../app/quiet-bundler.ts'
import { requireOwnFiles } from '../configuration/configuration.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../paths.ts'
import { HELD_INPUTS, joinWorkflows } from './join-workflows.ts'

/**
 * A plug-in for Temporal's `bundleWorkflowCode`: adds our workflows and interceptors to yours. It needs no store, no configuration and no
 * key, so a build can make the bundle that workers with {@link createPlugin} get as `workflowBundle`.
 *
 * @param app - If it exports `inputs`, the bundle has to know the names of the workflows in it: give it here too.
 */
export function createBundlePlugin({ inputs = {} }: Pick<App, 'inputs'> = {}): BundlerPlugin {
  requireOwnFiles()
  return { name: 'signalbox', configureBundler: options => joinBundle(options, Object.keys(inputs)) }
}

/** The bundler's options with our workflows and interceptors in them. */
export function joinBundle(options: BundleOptions, heldInputs: readonly string[]): BundleOptions {
  const { logger, workflowsPath, webpackConfigHook, workflowInterceptorModules = [] } = options
  return {
    ...options,
    ...joinWorkflows(workflowsPath, webpackConfigHook, heldInputs),
    workflowInterceptorModules: [...workflowInterceptorModules, WORKFLOW_INTERCEPTORS_PATH],
    ...(logger && { logger: quietBundler(logger) }),
  }
}

/**
 * @throws ConfigurationProblem for a bundle without ours: its worker would take up runs and fail each of their tasks for ever. Or for one
 * that holds the inputs of other workflows than the app: what the app has a schema for would be started with anything.
 */
export function checkBundle(bundle: WorkerOptions['workflowBundle'], heldInputs: readonly string[]): void {
  if (!bundle) return
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8')
  if (!code.includes(BUNDLED))
    throw new ConfigurationProblem(
      "the workflow bundle that the worker was given has only your own workflows in it, so no agent could run; make it with `bundleWorkflowCode({ workflowsPath, plugins: [createBundlePlugin()] })`, with the latter from 'signalbox/worker'",
    )
  const unheld = heldInputs.find(name => !heldIn(code).includes(name))
  if (unheld === undefined) return
  throw new ConfigurationProblem(
    `the workflow bundle that the worker was given does not know of \`inputs\`, which has a schema for '${unheld}'; make it with \`createBundlePlugin({ inputs })\``,
  )
}

function heldIn(code: string): readonly string[] {
  const [, behind = ''] = code.split(`${HELD_INPUTS}=`, 2)
  const [names = ''] = behind.split(/["'\\]/, 1)
  return names.split(',')
}
