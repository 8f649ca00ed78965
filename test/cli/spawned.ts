import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command as a process of its own, as people start it. */
export async function spawned(words: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ended> {
  const main = join(import.meta.dirname, '../../src/cli/main.ts')
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const run = promisify(execFile)(process.execPath, [main, ...words], {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...env },
  })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failed: Ended) => failed,
  )
}
