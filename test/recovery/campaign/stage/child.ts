/**
 * A process of the campaign: what it writes goes to a file, what it says to a listener.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export function startProcess(file: string, settings: object, logPath: string): ChildProcess {
  const log = openSync(logPath, 'a')
  const path = fileURLToPath(new URL(`../processes/${file}`, import.meta.url))
  const child = fork(path, [JSON.stringify(settings)], { stdio: ['ignore', log, log, 'ipc'] })
  closeSync(log)
  return child
}

/** The first thing of a kind that the process says from now on. */
export function heard<Said extends { readonly kind: string }, Kind extends Said['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<Said, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const listen = (said: Said) => {
      if (said.kind !== kind) return
      child.off('message', listen)
      child.off('exit', fail)
      resolve(said as Extract<Said, { kind: Kind }>)
    }
    const fail = () => reject(new Error(`a process of the campaign ended before it said '${kind}'`))
    child.on('message', listen)
    child.once('exit', fail)
  })
}
