/**
 * Joins a user's workflow module with ours, since a worker bundles one entry.
 *
 * @module
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { WORKFLOWS_PATH } from './paths.ts'

const FOLDER_PREFIX = 'signalbox-workflows-'

/**
 * The path of a module with the workflows of both; a workflow of the user's wins over a shipped one of the same name, and the
 * default stays ours, for it is what runs agents. Written to the system's temporary folder: bundling reads it once. A
 * path that is already ours is given back, for Temporal asks a plug-in twice when it bundles by itself.
 */
export function workflowEntry(userWorkflowsPath: string | undefined): string {
  if (userWorkflowsPath === undefined) return WORKFLOWS_PATH
  if (userWorkflowsPath === WORKFLOWS_PATH || userWorkflowsPath.includes(FOLDER_PREFIX)) return userWorkflowsPath
  const entry = join(mkdtempSync(join(tmpdir(), FOLDER_PREFIX)), 'entry.js')
  const [ours, theirs] = [WORKFLOWS_PATH, resolve(userWorkflowsPath)].map(path => JSON.stringify(path))
  writeFileSync(
    entry,
    `const ours = require(${ours})\nmodule.exports = { ...ours, ...require(${theirs}), default: ours.default }\n`,
  )
  return entry
}
