/**
 * Keeps a number of workers alive, whoever kills them.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { GoOn, WorkerSaid } from '../processes/words.ts'
import type { WorkerSettings } from '../processes/worker.ts'
import { heard, startProcess } from './child.ts'

export interface CampaignWorker {
  readonly name: string
  goOn(mark: string): void
}

export interface Workers {
  /** SIGKILL. Another takes its place. */
  kill(worker: CampaignWorker): Promise<void>
  killAll(): Promise<number>
  /** SIGTERM: it hands over what it does. Another takes its place. */
  stop(worker: CampaignWorker): void
  /** Workers that ended by themselves, which none may. */
  readonly fallen: readonly string[]
  /** Ends all of them in order. */
  close(): Promise<void>
}

export interface WorkersOptions {
  readonly count: number
  readonly folder: string
  readonly settings: WorkerSettings
  readonly onReached: (worker: CampaignWorker, mark: string) => void
}

interface Running extends CampaignWorker {
  readonly child: ChildProcess
  /** What ends before it serves had no server or no database to begin with, as a supervisor would see it. */
  serves: boolean
  dismissed: boolean
}

/** Before a worker that could not begin is tried again. */
const START_AGAIN_MS = 500

export async function startWorkers({ count, folder, settings, onReached }: WorkersOptions): Promise<Workers> {
  const running = new Set<Running>()
  const fallen: string[] = []
  let number = 0
  let closing = false
  const start = async () => {
    number += 1
    const name = `worker-${number}`
    const child = startProcess('worker.ts', settings, join(folder, `${name}.log`))
    const worker: Running = { name, child, serves: false, dismissed: false, goOn: mark => tell(child, mark) }
    running.add(worker)
    child.on('message', (said: WorkerSaid) => {
      if (said.kind === 'reached') onReached(worker, said.mark)
    })
    child.once('exit', (code, signal) => {
      running.delete(worker)
      if (worker.serves && !worker.dismissed)
        fallen.push(`${name} ended by itself (${signal ?? code}); its log is ${name}.log`)
      setTimeout(replace, worker.serves ? 0 : START_AGAIN_MS)
    })
    await heard<WorkerSaid, 'ready'>(child, 'ready')
    worker.serves = true
  }
  // One that ends before it serves is replaced by its own exit's listener.
  const replace = () => {
    if (!closing) void start().catch(() => {})
  }
  const dismiss = (worker: Running, signal: NodeJS.Signals) => {
    worker.dismissed = true
    const { child } = worker
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve()
    child.kill(signal)
    return ended
  }
  await Promise.all(Array.from({ length: count }, start))
  return {
    fallen,
    async kill(worker) {
      await dismiss(worker as Running, 'SIGKILL')
    },
    async killAll() {
      const all = [...running]
      await Promise.all(all.map(worker => dismiss(worker, 'SIGKILL')))
      return all.length
    },
    stop: worker => void dismiss(worker as Running, 'SIGTERM'),
    async close() {
      closing = true
      await Promise.all([...running].map(worker => dismiss(worker, 'SIGTERM')))
    },
  }
}

function tell(child: ChildProcess, mark: string): void {
  // One that is dying while it is told fails to the callback; without one it would be an event that ends the campaign.
  if (child.connected) child.send({ kind: 'go-on', mark } satisfies GoOn, () => {})
}
