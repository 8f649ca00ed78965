/**
 * Bundles the workflows of an app, to see whether a worker could.
 *
 * @module
 */
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import type { App } from '../app/app.ts'
import { bundleProblem } from '../app/bundle-errors.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { createBundlePlugin } from './join-bundle.ts'

/** Why they cannot be bundled, with the bundler's own errors; `undefined` where they can. Takes a second or two. */
export async function unbundled(workflowsPath: string, app: Pick<App, 'inputs'>): Promise<string | undefined> {
  const errors: string[] = []
  const logger = new DefaultLogger('ERROR', ({ message }) => errors.push(message))
  try {
    await bundleWorkflowCode({ workflowsPath, plugins: [createBundlePlugin(app)], logger })
    return undefined
  } catch (error) {
    const problem = bundleProblem(error, workflowsPath, `\n${errors.join('\n')}\n`)
    if (problem instanceof ConfigurationProblem) return problem.message
    throw error
  }
}
