/**
 * Sees when a file has changed.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { fileSystemCode } from './file-refused.ts'

/** Looks this often: editors and Kubernetes put another file in the place of the old one, which a watch on the file would miss. */
const LOOK_EVERY_MS = 1_000

/** Calls when the file has changed since now. @returns what ends it */
export function watchFile(path: string, changed: () => void, everyMs = LOOK_EVERY_MS): () => void {
  let seen = stateOf(path)
  const timer = setInterval(() => {
    const now = stateOf(path)
    if (now === seen) return
    seen = now
    changed()
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

function stateOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : 'none'
  } catch (error) {
    return fileSystemCode(error)
  }
}
