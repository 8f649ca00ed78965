/**
 * Sees when a file, or another that it names, has changed.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { fileSystemCode } from './file-refused.ts'

/** Looks this often: editors and Kubernetes put another file in the place of the old one, which a watch on the file would miss. */
const LOOK_EVERY_MS = 1_000

export interface Watched {
  readonly path: string
  /** The paths of others to look at. Asked for whenever the file has changed. @defaultValue none */
  readonly others?: () => readonly string[]
  /** @defaultValue 1000 */
  readonly everyMs?: number | undefined
}

/**
 * Calls when a file has changed since now. Whoever writes one in its place empties it first, so that a file is empty is news only if it
 * still is at the next look.
 *
 * @returns what ends it
 */
export function watchFile(
  { path, others = () => [], everyMs = LOOK_EVERY_MS }: Watched,
  changed: () => void,
): () => void {
  let own = stateOf(path)
  let named = others()
  const look = () => {
    const ownNow = stateOf(path)
    if (ownNow !== own) named = others()
    own = ownNow
    return [own, ...named.map(stateOf)].join('\n')
  }
  let seen = look()
  let last = seen
  const timer = setInterval(() => {
    const now = look()
    const isBeingWritten = now !== last && now.split('\n').some(isEmpty)
    last = now
    if (now === seen || isBeingWritten) return
    seen = now
    changed()
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

function isEmpty(state: string): boolean {
  return state.endsWith(' 0')
}

/** Follows links, so another file behind one is another state. */
function stateOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : 'none'
  } catch (error) {
    return fileSystemCode(error)
  }
}
