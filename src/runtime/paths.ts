/**
 * Where the package's own files lie, run from source or from its build.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Bundled as CommonJS, code has no address. */
const HERE = (import.meta.url as string | undefined) ?? pathToFileURL('bundled.js').href

/** `.ts` from source, `.js` in the published package. */
const EXTENSION = HERE.endsWith('.ts') ? '.ts' : '.js'

const moduleAt = (path: string) => fileURLToPath(new URL(`${path}${EXTENSION}`, HERE))

export const WORKFLOWS_PATH = moduleAt('../../workflows/index')
/** The demo's. */
export const WRITING_DESK_PATH = moduleAt('../../workflows/writing-desk')
export const WORKFLOW_INTERCEPTORS_PATH = moduleAt('../../workflows/interceptors')

/** A file that is called the same in source and build. */
export const besideWorkflows = (name: string) => fileURLToPath(new URL(`../../workflows/${name}`, HERE))

/** CommonJS. */
export const JOINED_WORKFLOWS_PATH = besideWorkflows('joined.cjs')

/** CommonJS. */
export const HELD_INPUTS_PATH = besideWorkflows('held-inputs.cjs')

/** Why what a worker reads is not beside this code, and what to do; `undefined` where it is. */
export function strayed(): string | undefined {
  if (existsSync(WORKFLOW_INTERCEPTORS_PATH)) return undefined
  return "a bundler has moved Signalbox's code into another file, away from the workflows and the catalogue that a worker reads next to it; keep the package out of the bundle, like Temporal's (esbuild: `--packages=external`, or `--external:signalbox` beside `--external:@temporalio/*`), and install it where the worker runs"
}
