/**
 * Looks, before each write, whether the file that is open still lies where it was opened. One that was deleted or replaced takes what is
 * written without a word, and loses it with the process.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { goneFile } from './problems.ts'

/** @returns what throws StoreProblem while another file, or none, lies there; at the file's first place, also after a change of folder. */
export function createHold(path: string): () => void {
  const place = resolve(path)
  const opened = statSync(place)
  return () => {
    const found = statSync(place, { throwIfNoEntry: false })
    if (found?.ino !== opened.ino || found.dev !== opened.dev) throw goneFile(path, found !== undefined)
  }
}
