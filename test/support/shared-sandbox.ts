/**
 * Has the workers of a process that serve the same bundle file read it once, and run its workflows in one sandbox, as each of them runs all
 * of its own. To load it for each of them anew costs more than most tests. On import.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { Worker, type WorkerOptions } from '@temporalio/worker'
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js'

/** The longest time limit there is, which workers in debug mode set to every call into a workflow's sandbox. */
export const NO_LIMIT_MS = 2 ** 32 - 1

type Bundle = Parameters<typeof ReusableVMWorkflowCreator.create>[0]
type ReadBundle = (options: Pick<WorkerOptions, 'workflowBundle'>, logger: unknown) => Promise<Bundle | undefined>

const workers = Worker as unknown as { getOrCreateBundle: ReadBundle }
const { getOrCreateBundle } = workers
const { create } = ReusableVMWorkflowCreator

if (create.name !== 'inSharedSandbox') {
  const bundles = new Map<string, ReturnType<ReadBundle>>()
  const sandboxes = new WeakMap<Bundle, Promise<ReusableVMWorkflowCreator>>()

  workers.getOrCreateBundle = (options, logger) => {
    const read = () => getOrCreateBundle.call(Worker, options, logger)
    const { workflowBundle } = options
    if (workflowBundle === undefined || !('codePath' in workflowBundle)) return read()
    // Where tests run again because a file has changed, the bundle at this path is made anew.
    const version = `${workflowBundle.codePath} ${statSync(workflowBundle.codePath).mtimeMs}`
    const bundle = bundles.get(version) ?? read()
    bundles.set(version, bundle)
    return bundle
  }

  const inSharedSandbox = async (...asked: Parameters<typeof create>) => {
    const [bundle, limitMs, registeredActivityNames, patchActivationCallback] = asked
    // A workflow that is cut off may leave its sandbox in any state.
    if (limitMs !== NO_LIMIT_MS) return create.apply(ReusableVMWorkflowCreator, asked)
    const sandbox =
      sandboxes.get(bundle) ?? create.call(ReusableVMWorkflowCreator, bundle, limitMs, registeredActivityNames)
    sandboxes.set(bundle, sandbox)
    // A worker that ends leaves it to the others.
    const own = { registeredActivityNames, patchActivationCallback, destroy: async () => {} }
    return Object.assign(Object.create(await sandbox), own)
  }
  Object.assign(ReusableVMWorkflowCreator, { create: inSharedSandbox })
}
