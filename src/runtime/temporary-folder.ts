import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Closers } from './closers.ts'

/** A folder that is removed with the rest, and at the latest when the process ends, so that a second Ctrl-C leaves nothing either. */
export function temporaryFolder(prefix: string, { add }: Pick<Closers, 'add'>): string {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  // In the same turn, so that no signal comes in between.
  process.once('exit', remove)
  add(() => {
    process.off('exit', remove)
    remove()
  })
  return folder
}
