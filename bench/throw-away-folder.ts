/**
 * Folders of benches that run in one process.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ThrowAwayFolder {
  readonly path: string
  remove(): void
}

/** Gone at the latest when this process exits; of a signal that is {@link exitBySignals}'s to see to. */
export function throwAwayFolder(prefix: string): ThrowAwayFolder {
  const path = mkdtempSync(join(tmpdir(), prefix))
  const remove = () => {
    process.off('exit', remove)
    rmSync(path, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return { path, remove }
}

/** A signal's default would end the process without its `exit`. */
export function exitBySignals(): void {
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
}
