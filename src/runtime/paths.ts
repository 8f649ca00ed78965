/**
 * Where the package's own files lie, run from source or from its build.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'

/** `.ts` from source, `.js` in the published package. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

const moduleAt = (path: string) => fileURLToPath(new URL(`${path}${EXTENSION}`, import.meta.url))

export const WORKFLOWS_PATH = moduleAt('../../workflows/index')
/** The demo's. */
export const WRITING_DESK_PATH = moduleAt('../../workflows/writing-desk')
export const WORKFLOW_INTERCEPTORS_PATH = moduleAt('../../workflows/interceptors')

/** CommonJS, in source and build alike. */
export const JOINED_WORKFLOWS_PATH = fileURLToPath(new URL('../../workflows/joined.cjs', import.meta.url))
