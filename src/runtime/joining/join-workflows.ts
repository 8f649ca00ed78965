/**
 * Joins a user's workflow module with ours, since a worker bundles one entry.
 *
 * @module
 */
import { resolve } from 'node:path'
import type { BundleOptions, WorkerOptions } from '@temporalio/worker'
import { HELD_INPUTS_PATH, JOINED_WORKFLOWS_PATH, WORKFLOWS_PATH } from '../paths.ts'
import { knownInputs, USER_WORKFLOWS } from './known-inputs.ts'
import { loadOnce } from './load-once.ts'

type WebpackConfigHook = NonNullable<BundleOptions['webpackConfigHook']>

export interface WorkflowSource {
  readonly workflowsPath: string
  readonly webpackConfigHook?: WebpackConfigHook
}

/**
 * The entry to bundle, and how the bundler finds the user's module from there. Joining twice changes nothing.
 *
 * @param heldInputs - The workflows whose inputs the app has schemas for.
 */
export function joinWorkflows(
  userPath: string | undefined,
  hook: WebpackConfigHook | undefined,
  heldInputs: readonly string[] = [],
): WorkflowSource {
  if (userPath === undefined || userPath === WORKFLOWS_PATH || userPath === JOINED_WORKFLOWS_PATH)
    return { workflowsPath: userPath ?? WORKFLOWS_PATH, ...(hook && { webpackConfigHook: hook }) }
  const alias = {
    [USER_WORKFLOWS]: resolve(userPath),
    'signalbox-held-inputs': `${HELD_INPUTS_PATH}?${HELD_INPUTS}=${heldInputs.join(',')}`,
  }
  return {
    workflowsPath: JOINED_WORKFLOWS_PATH,
    webpackConfigHook: config => {
      const plugins = [...(config.plugins ?? []), knownInputs(heldInputs), loadOnce(userPath)]
      const resolving = { ...config.resolve, alias: { ...config.resolve?.alias, ...alias } }
      const joined = { ...config, plugins, resolve: resolving }
      return hook ? hook(joined) : joined
    },
  }
}

/** Stands before the names of held inputs, also in the text of a bundle. */
export const HELD_INPUTS = 'signalbox.held-inputs'

/** What a worker, and one that replays, is told of its workflows. */
type Bundling = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'>

/** A worker's options with our workflows beside its own. A bundle that was built before is left as it is. */
export function withJoinedWorkflows<Options extends Bundling>(
  options: Options,
  heldInputs: readonly string[],
): Options {
  if (options.workflowBundle) return options
  const { workflowsPath, webpackConfigHook } = joinWorkflows(
    options.workflowsPath,
    options.bundlerOptions?.webpackConfigHook,
    heldInputs,
  )
  return { ...options, workflowsPath, bundlerOptions: { ...options.bundlerOptions, webpackConfigHook } }
}
