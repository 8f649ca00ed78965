/**
 * Copies a file's write-ahead log into the file beside the work, in a thread of its own.
 *
 * @module
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

type Told = 'copy' | 'end'

export interface Checkpoints {
  /** To be called after each commit. */
  written(): void
  close(): Promise<void>
}

/** A call's two transactions write some 30 pages of 4 kB, so that the log stays near 16 MB. */
const WRITES_PER_COPY = 250

/**
 * A copy waits for the disk: 50 to 80 ms of it where SQLite makes it on the way of a commit. Where the thread fails, SQLite's
 * own copying remains, at a longer log.
 */
export function createCheckpoints(path: string): Checkpoints {
  let thread: Worker | undefined
  let writes = 0
  const tell = (told: Told) => thread?.postMessage(told)
  return {
    written() {
      writes += 1
      if (writes % WRITES_PER_COPY > 0) return
      if (writes === WRITES_PER_COPY) thread = startThread(path)
      tell('copy')
    },
    async close() {
      if (!thread || thread.threadId < 0) return
      thread.ref()
      const ended = once(thread, 'exit')
      tell('end')
      await ended
    },
  }
}

function startThread(path: string): Worker {
  const code = `(${copyWhenTold})(require('node:sqlite'), require('node:worker_threads'))`
  const thread = new Worker(code, { eval: true, workerData: path })
  // A file that is gone or full is told to whoever writes next; this thread only saves them time.
  thread.on('error', () => {})
  thread.unref()
  return thread
}

/** What the thread runs, as text: nothing from outside of it is there. */
function copyWhenTold(
  { DatabaseSync }: typeof import('node:sqlite'),
  { parentPort, workerData }: typeof import('node:worker_threads'),
): void {
  const database = new DatabaseSync(workerData as string, { timeout: 5_000 })
  parentPort?.on('message', (told: Told) => {
    if (told === 'copy') return database.exec('pragma wal_checkpoint(passive)')
    database.close()
    parentPort.close()
  })
}
