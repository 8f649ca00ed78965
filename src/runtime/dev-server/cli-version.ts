import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isTooOld, OLDEST_SERVER } from '../temporal/server-version.ts'

/** A 156 MB binary on a cold, slow disk takes seconds to say its version. */
const VERSION_TIMEOUT_MS = 30_000

/** A `temporal` binary that has said its version. */
export interface TemporalCli {
  readonly path: string
  /** The version of the server inside, e.g. `1.32.0`. */
  readonly serverVersion: string
}

/** A binary that can be used, or why it cannot, in words that follow its path. */
export type Probe = { readonly cli: TemporalCli } | { readonly reason: string }

/** Runs `temporal --version` and holds the server inside against {@link OLDEST_SERVER}. */
export async function probeCli(path: string, env: NodeJS.ProcessEnv): Promise<Probe> {
  const said = await askVersion(path, env)
  if (said.problem !== undefined) return { reason: said.problem }
  const serverVersion = serverVersionIn(said.output)
  if (serverVersion === undefined) return { reason: `answers --version with ${quote(said.output)} and names no server` }
  if (isTooOld(serverVersion)) return { reason: `has server ${serverVersion}, older than ${OLDEST_SERVER}` }
  return { cli: { path, serverVersion } }
}

function serverVersionIn(output: string): string | undefined {
  const [, serverVersion] = /temporal version [^\s,()]+ \(Server v?([^\s,()]+)/i.exec(output) ?? []
  return serverVersion
}

interface Said {
  readonly output: string
  readonly problem?: string
}

/**
 * A file that was just written is busy as long as somebody has it open for writing, and a process that was started meanwhile has it open
 * too until it has become its program.
 */
const BUSY_TRIES = 40
const BUSY_PAUSE_MS = 50

async function askVersion(path: string, env: NodeJS.ProcessEnv): Promise<Said> {
  for (let left = BUSY_TRIES; ; left -= 1) {
    try {
      return await runForVersion(path, env)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ETXTBSY') throw error
      if (left === 0) return { output: '', problem: 'is still being written by another process' }
    }
    await sleep(BUSY_PAUSE_MS)
  }
}

/** Where the file cannot even be started because it is busy, Node throws. */
function runForVersion(path: string, env: NodeJS.ProcessEnv): Promise<Said> {
  return new Promise(resolve => {
    execFile(path, ['--version'], { env, timeout: VERSION_TIMEOUT_MS }, (error, stdout, stderr) => {
      if (!error) return resolve({ output: stdout })
      resolve({ output: stdout, problem: problemOf(error, stderr) })
    })
  })
}

function problemOf(error: Error & { code?: unknown; killed?: boolean }, stderr: string): string {
  if (error.code === 'ENOENT') return 'does not exist'
  if (error.killed) return `did not say its version within ${VERSION_TIMEOUT_MS / 1_000} s`
  if (typeof error.code === 'number') return `ends with exit code ${error.code} on --version: ${quote(stderr)}`
  return `cannot be run (${String(error.code)})`
}

function quote(text: string): string {
  return JSON.stringify(text.trim().slice(0, 120))
}
