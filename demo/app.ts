/**
 * What the demo brings to a worker; `app:` in signalbox.yaml names this module.
 *
 * @module
 */
import { join, resolve } from 'node:path'
import { createResearchTools, researcher } from './agents.ts'

export { schemas } from './schemas.ts'

export const agents = [researcher]

/** Summaries are published where the embedded store lies, under the folder that the worker was started in. */
export const tools = createResearchTools({
  documents: join(import.meta.dirname, 'documents'),
  publications: resolve('.signalbox', 'publications'),
})
