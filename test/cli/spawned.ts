import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command as a process of its own, as people start it. */
export function spawned(words: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ended> {
  return ended(node([join(import.meta.dirname, '../../src/cli/main.ts'), ...words], env, cwd))
}

/** `config check` in each of the folders, by one process: loading the command takes longer than a check. */
export async function checkedEach(folders: readonly string[]): Promise<readonly Ended[]> {
  const { stdout } = await node([join(import.meta.dirname, 'check-each.ts'), ...folders])
  return JSON.parse(stdout)
}

function node(words: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string) {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  return promisify(execFile)(process.execPath, words, { cwd, env: { PATH, HOME, NODE_COMPILE_CACHE, ...env } })
}

function ended(run: Promise<{ readonly stdout: string; readonly stderr: string }>): Promise<Ended> {
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failed: Ended) => failed,
  )
}
