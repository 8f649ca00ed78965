/**
 * Processes that the bench starts and measures.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Asked, Said } from './processes/parent.ts'

/** A worker hands over what it does within 30 s; a bench that is ended midway wants none of it. */
const STOP_MS = 5_000

/** A process that serves. It ends with the bench at the latest. */
export interface Child {
  /** What it said when it was ready. */
  readonly ready: unknown
  /** What all its threads have used so far. */
  cpuMs(): Promise<number>
  /** What the process has measured of itself, where it does. */
  measured(): Promise<unknown>
  stop(): Promise<void>
}

/**
 * Starts a file of `processes/` and waits until it serves.
 *
 * @param flags - Node's own.
 */
export async function startChild(file: string, settings: object, flags: readonly string[] = []): Promise<Child> {
  const path = fileURLToPath(new URL(`processes/${file}`, import.meta.url))
  const child = fork(path, [JSON.stringify(settings)], {
    // Standard output is the bench's own.
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [...flags],
  })
  const { ready } = await heard(child, file, 'ready')
  return {
    ready,
    async cpuMs() {
      const answer = heard(child, file, 'cpu')
      child.send('cpu' satisfies Asked)
      return (await answer).cpuMs
    },
    async measured() {
      const answer = heard(child, file, 'measured')
      child.send('measured' satisfies Asked)
      return (await answer).measured
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.send('stop' satisfies Asked)
      const killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(killing)
    },
  }
}

function heard<Kind extends Said['kind']>(child: ChildProcess, file: string, kind: Kind) {
  return new Promise<Extract<Said, { kind: Kind }>>((resolve, reject) => {
    const listen = (said: Said) => {
      if (said.kind !== kind) return
      child.off('message', listen)
      child.off('exit', fail)
      resolve(said as Extract<Said, { kind: Kind }>)
    }
    const fail = (code: number | null) => {
      reject(new Error(`bench/processes/${file} ended with ${code ?? 'a signal'}; what it wrote stands above`))
    }
    child.on('message', listen)
    child.once('exit', fail)
  })
}
