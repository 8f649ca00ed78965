/**
 * Names in the app's `inputs` that no workflow has: a misspelt one would hold nothing, without a word.
 *
 * @module
 */
import type { BundleOptions } from '@temporalio/worker'
import { meantOrAll } from '../../core/words/did-you-mean.ts'

type WebpackPlugin = NonNullable<ReturnType<NonNullable<BundleOptions['webpackConfigHook']>>['plugins']>[number]
type Compiler = Parameters<Extract<WebpackPlugin, (...given: never[]) => void>>[0]

/**
 * A plug-in of the bundler, which fails where the user's module does not export a workflow of the name. Of CommonJS the bundler may not
 * know what it exports; then nothing is said.
 */
export function knownInputs(userPath: string, heldInputs: readonly string[]): WebpackPlugin {
  return {
    apply: (compiler: Compiler) =>
      compiler.hooks.compilation.tap('signalbox', compilation =>
        compilation.hooks.seal.tap('signalbox', () => {
          const module = [...compilation.modules].find(each => each.nameForCondition() === userPath)
          const exported = module && compilation.moduleGraph.getProvidedExports(module)
          if (!Array.isArray(exported)) return
          for (const name of heldInputs.filter(held => !exported.includes(held)))
            compilation.errors.push(new compiler.webpack.WebpackError(problemOf(name, exported)))
        }),
      ),
  }
}

function problemOf(name: string, exported: readonly string[]): string {
  return `\`inputs\` has a schema for '${name}', and no workflow is called that${meantOrAll(name, exported)}`
}
