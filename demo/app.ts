/**
 * What the demo brings to a worker; `app:` in signalbox.yaml names this module.
 *
 * @module
 */
import { extname, join, resolve } from 'node:path'
import { createResearchTools, researcher } from './agents.ts'

export { schemas } from './schemas.ts'

export const agents = [researcher]

/** Summaries are published where the embedded store lies, under the folder that the worker was started in. */
export const tools = createResearchTools({
  documents: join(import.meta.dirname, 'documents'),
  publications: resolve('.signalbox', 'publications'),
})

/** The writing desk, from source or from the build. */
export const workflowsPath = join(import.meta.dirname, `../workflows/writing-desk${extname(import.meta.filename)}`)
