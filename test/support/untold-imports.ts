/**
 * Vitest has each process of tests tell it of every import, for runs that watch files. In others nobody wants to know, and to tell it takes
 * half of the CPU that loading the product takes. It leaves out imports of which nobody says whose they are. On import.
 *
 * @module
 */
import { registerHooks } from 'node:module'

const DONE = Symbol.for('signalbox-tests.untold-imports')
const { __vitest_worker__: worker, [DONE]: isDone } = globalThis as {
  readonly __vitest_worker__?: { readonly config?: { readonly watch?: boolean } }
  readonly [DONE]?: true
}

/** A copy (`?copy`) is what the hooks of its test make of it. */
function isOurs(url = '') {
  return url.startsWith('file:') && !url.includes('/node_modules/') && !url.includes('?')
}

if (worker?.config?.watch === false && !isDone) {
  Object.assign(globalThis, { [DONE]: true })
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (!specifier.startsWith('.') || !isOurs(parentURL)) return next(specifier, context)
      return next(new URL(specifier, parentURL).href, { ...context, parentURL: undefined })
    },
  })
}
