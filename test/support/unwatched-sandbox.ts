/**
 * Has the workers of this process run workflows without what watches them. On import.
 *
 * @module
 */
import { Script } from 'node:vm'
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js'
import { NO_LIMIT_MS } from './shared-sandbox.ts'

/**
 * For a call with a limit Node starts a thread that watches it: fifty times the CPU of the call, and there are several for each
 * task of a workflow. A limit of 49 days is left out.
 */
const { runInContext } = Script.prototype
if (runInContext.name !== 'unwatched')
  Script.prototype.runInContext = function unwatched(context, { timeout, ...options } = {}) {
    return runInContext.call(this, context, timeout === NO_LIMIT_MS ? options : { ...options, timeout })
  }

/**
 * Workers in debug mode would note for every promise of the whole process where it was made, for Temporal's query of a run's stack,
 * which no test asks. And the first that ends would take the bundle's source map from the others of the process: their failures would
 * name lines of the bundle.
 */
Object.assign(globalHandlers, { setPromiseHook: () => {}, removeWorkflowBundle: () => {} })
