/**
 * A worker in a process of its own, as the scenarios see it.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CallModelInput, CallModelResult } from '../src/core/protocol.ts'
import type { WorkerAsked, WorkerSaid, WorkerSettings } from './processes/words.ts'

export interface PeakWorker {
  /** Calls that were answered through it so far. */
  readonly answered: number
  /** @throws Error when the process ends before the call does. */
  call(input: CallModelInput): Promise<CallModelResult>
  stop(): Promise<void>
}

interface Waiting {
  resolve(result: CallModelResult): void
  reject(error: Error): void
}

const FILE = fileURLToPath(new URL('./processes/worker.ts', import.meta.url))

/** Starts a worker and waits until it serves. */
export async function startWorker(settings: WorkerSettings): Promise<PeakWorker> {
  // Standard output is the scenarios' own.
  const child = fork(FILE, [JSON.stringify(settings)], { stdio: ['ignore', 2, 2, 'ipc'] })
  const waiting = new Map<number, Waiting>()
  let [asked, answered] = [0, 0]
  child.on('message', (said: WorkerSaid) => {
    if (said.kind !== 'ended') return
    if (said.result.kind === 'answered') answered += 1
    waiting.get(said.number)?.resolve(said.result)
    waiting.delete(said.number)
  })
  const ended = once(child, 'exit').then(([code]) => {
    const error = new Error(`a worker ended with ${code ?? 'a signal'}; what it wrote stands above`)
    for (const { reject } of waiting.values()) reject(error)
    return error
  })
  await Promise.race([once(child, 'message'), ended.then(error => Promise.reject(error))])
  return {
    get answered() {
      return answered
    },
    call: input =>
      new Promise((resolve, reject) => {
        const number = asked++
        waiting.set(number, { resolve, reject })
        tell(child, { kind: 'call', number, input }, reject)
      }),
    async stop() {
      tell(child, { kind: 'stop' }, () => undefined)
      await ended
    },
  }
}

function tell(child: ChildProcess, asked: WorkerAsked, onFailure: (error: Error) => void): void {
  child.send(asked, error => error && onFailure(error))
}
