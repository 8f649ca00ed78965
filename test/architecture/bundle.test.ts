import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { joinWorkflows } from '../../src/runtime/joining/join-workflows.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../../src/runtime/paths.ts'
import { ROOT } from '../support/source-files.ts'
// What was read for the shared bundle is not read again.
import '../support/bundled-once.ts'

/**
 * Every run that a worker keeps in memory holds the state of these modules; three quarters of them are Temporal's own. Without comments,
 * indentation, and what Webpack makes of the places of files.
 */
const MOST_BYTES = 524_000

const COMMENT_OR_INDENTATION = /^\s*(?:(?:\/\*|\*|\/\/).*)?/gm
const PLACE = /"\.\.?\/[^"\n]*\.[cm]?[jt]s"|\w+__WEBPACK_IMPORTED_MODULE_\d+__/g

/** What Temporal's own workflow code is made of. */
const PACKAGES = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc']

it("bundles a user's workflows beside the shipped ones: small, and with nothing in it that the sandbox has no use for", async () => {
  const userPath = join(ROOT, 'bench/workflows/model-loop.ts')
  const { code, modules } = await bundle(userPath)
  const own = code.replace(COMMENT_OR_INDENTATION, '').replace(PLACE, '')
  expect(Buffer.byteLength(own)).toBeLessThan(MOST_BYTES)
  const packages = modules.flatMap(path => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
  expect([...new Set(packages)].sort()).toEqual(PACKAGES)
  const ownModules = modules.filter(path => path.startsWith(ROOT) && !path.includes('/node_modules/'))
  expect(ownModules).toEqual(expect.arrayContaining([userPath, join(ROOT, 'workflows/agent.ts')]))
  const allowed = /\/(workflows|src\/core|bench\/workflows)\//
  expect(ownModules.filter(path => !allowed.test(path))).toEqual([])
  expect(code).not.toMatch(/require\("node:/)
})

async function bundle(userPath: string): Promise<{ code: string; modules: readonly string[] }> {
  const modules: string[] = []
  const { workflowsPath, webpackConfigHook } = joinWorkflows(userPath, config => ({
    ...config,
    devtool: false,
    plugins: [...(config.plugins ?? []), listModules(modules)],
  }))
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    ...(webpackConfigHook && { webpackConfigHook }),
    workflowInterceptorModules: [WORKFLOW_INTERCEPTORS_PATH],
    logger: new DefaultLogger('ERROR'),
  })
  return { code, modules }
}

type Plugins = NonNullable<ReturnType<NonNullable<Parameters<typeof joinWorkflows>[1]>>['plugins']>

/** A plug-in of the bundler that notes the file of each module. */
function listModules(found: string[]): Plugins[number] {
  return {
    apply: (compiler: import('webpack').Compiler) =>
      compiler.hooks.done.tap('list-modules', ({ compilation }) => {
        for (const module of compilation.modules) found.push(module.nameForCondition() ?? module.identifier())
      }),
  }
}
