import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SHARED_BUNDLE } from '../support/shared-bundle.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The command as a process of its own, as people start it. Node may be given flags. */
export function spawned(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
  flags: readonly string[] = [],
): Promise<Ended> {
  return ended(node([...flags, join(import.meta.dirname, '../../src/cli/main.ts'), ...words], env, cwd))
}

export interface CommandLine {
  readonly words: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * One process that runs many commands, for loading the command takes longer than most. Each is to end by itself, and a module that
 * one has loaded is not read again. Of workers it runs those that end before they log: a runtime of Temporal's keeps the log of the first.
 */
export function commandProcess() {
  const running = fork(join(import.meta.dirname, 'command-process.ts'), { env: own(), execArgv: [] })
  return {
    async run(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
      running.send({ words, cwd, env } satisfies CommandLine)
      const [ended] = await once(running, 'message')
      return ended
    },
    async end(): Promise<void> {
      const exited = once(running, 'exit')
      // Temporal's runtime takes other signals for itself.
      running.kill('SIGKILL')
      await exited
    },
  }
}

function node(words: readonly string[], env: NodeJS.ProcessEnv, cwd: string) {
  return promisify(execFile)(process.execPath, words, { cwd, env: { ...own(), ...env } })
}

function own(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE, [SHARED_BUNDLE]: bundle } = process.env
  return { PATH, HOME, NODE_COMPILE_CACHE, ...(bundle !== undefined && { [SHARED_BUNDLE]: bundle }) }
}

function ended(run: Promise<{ readonly stdout: string; readonly stderr: string }>): Promise<Ended> {
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failed: Ended) => failed,
  )
}
