import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Closers } from './closers.ts'

/** A folder that is removed with the rest, and at the latest when the process ends, so that a second Ctrl-C leaves nothing either. */
export async function temporaryFolder(prefix: string, closers: Closers): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix))
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  process.once('exit', remove)
  closers.add(() => {
    process.off('exit', remove)
    remove()
  })
  return folder
}
