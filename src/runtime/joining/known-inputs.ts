/**
 * Names in the app's `inputs` that no workflow has: a misspelt one would check nothing, and nobody would notice.
 *
 * @module
 */
import type { BundleOptions } from '@temporalio/worker'
import { meantOrAll } from '../../core/words/did-you-mean.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'

export type WebpackPlugin = NonNullable<ReturnType<NonNullable<BundleOptions['webpackConfigHook']>>['plugins']>[number]
export type Compiler = Parameters<Extract<WebpackPlugin, (...given: never[]) => void>>[0]
export type Compilation = Parameters<Parameters<Compiler['hooks']['compilation']['tap']>[1]>[0]

/** The name by which `workflows/joined.cjs` asks for the user's module. */
export const USER_WORKFLOWS = 'signalbox-user-workflows'

/**
 * A plug-in of the bundler, which fails with a ConfigurationProblem where the user's module does not export a workflow of the name. Of
 * CommonJS the bundler may not know what it exports; then nothing is said.
 */
export function knownInputs(heldInputs: readonly string[]): WebpackPlugin {
  return {
    apply: (compiler: Compiler) =>
      compiler.hooks.afterCompile.tapPromise('signalbox', async compilation => {
        const module = userModule(compilation)
        const exported = module && compilation.moduleGraph.getProvidedExports(module)
        // What could not be read has other errors, which say more.
        if (!Array.isArray(exported) || compilation.errors.length > 0) return
        const unknown = heldInputs.filter(held => !exported.includes(held))
        if (unknown.length > 0)
          throw new ConfigurationProblem(unknown.map(name => problemOf(name, exported)).join('\n'))
      }),
  }
}

/** By who asks for it, and not by its path: that may be a link, or be without the file's ending. */
function userModule({ modules, moduleGraph }: Compilation) {
  const asked = [...modules].flatMap(each => each.dependencies).find(each => requestOf(each) === USER_WORKFLOWS)
  return asked && moduleGraph.getModule(asked)
}

export function requestOf(dependency: object): unknown {
  return 'request' in dependency ? dependency.request : undefined
}

function problemOf(name: string, exported: readonly string[]): string {
  return `\`inputs\` has a schema for '${name}', and no workflow is called that${meantOrAll(name, exported)}`
}

/** What is wrong with schemas where there are no workflows of one's own; `undefined` where there are none either. */
export function inputsOfNone([name]: readonly string[]): string | undefined {
  if (name === undefined) return undefined
  return `\`inputs\` has a schema for '${name}', and there are no workflows of your own; name their module with \`workflowsPath\``
}
