/**
 * Bundles the campaign's workflows beside the shipped ones, once: a worker that is started again and again would take a second each
 * time.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { joinWorkflows } from '../../../src/runtime/join-workflows.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../../../src/runtime/paths.ts'

export async function bundleWorkflows(bundlePath: string): Promise<void> {
  const source = joinWorkflows(fileURLToPath(new URL('./workflows.ts', import.meta.url)), undefined)
  const { code } = await bundleWorkflowCode({
    ...source,
    workflowInterceptorModules: [WORKFLOW_INTERCEPTORS_PATH],
    logger: new DefaultLogger('ERROR'),
  })
  await writeFile(bundlePath, code)
}
