/**
 * Bundles of workflows that are made ahead, in a build or for tests, and what a worker looks at before it serves one.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import type { BundleOptions, BundlerPlugin, WorkerOptions } from '@temporalio/worker'
import { BUNDLED } from '../../core/bundled.ts'
import { quietBundler } from '../app/quiet-bundler.ts'
import { ConfigurationProblem, requireOwnFiles } from '../configuration/configuration.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../paths.ts'
import { joinWorkflows } from './join-workflows.ts'

/**
 * A plug-in for Temporal's `bundleWorkflowCode`: adds our workflows and interceptors to yours. It needs no store, no configuration and no
 * key, so a build can make the bundle that workers with {@link createPlugin} get as `workflowBundle`.
 */
export function createBundlePlugin(): BundlerPlugin {
  requireOwnFiles()
  return { name: 'signalbox', configureBundler: joinBundle }
}

/** The bundler's options with our workflows and interceptors in them. */
export function joinBundle(options: BundleOptions): BundleOptions {
  const { logger, workflowsPath, webpackConfigHook, workflowInterceptorModules = [] } = options
  return {
    ...options,
    ...joinWorkflows(workflowsPath, webpackConfigHook),
    workflowInterceptorModules: [...workflowInterceptorModules, WORKFLOW_INTERCEPTORS_PATH],
    ...(logger && { logger: quietBundler(logger) }),
  }
}

/** @throws ConfigurationProblem for a bundle without ours: its worker would take up runs and fail each of their tasks for ever. */
export function checkBundle(bundle: WorkerOptions['workflowBundle']): void {
  if (!bundle) return
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8')
  if (code.includes(BUNDLED)) return
  throw new ConfigurationProblem(
    "the workflow bundle that the worker was given has only your own workflows in it, so no agent could run; make it with `bundleWorkflowCode({ workflowsPath, plugins: [createBundlePlugin()] })`, with the latter from 'signalbox/worker'",
  )
}
