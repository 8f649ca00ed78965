/**
 * Copies a file's write-ahead log into the file beside the work, in a thread of its own.
 *
 * @module
 */
import { Worker } from 'node:worker_threads'

type Told = 'copy' | 'empty' | 'end'

export interface Checkpoints {
  /** To be called after each commit. */
  written(): void
  /** Copies all of the log and cuts it off, once nobody reads from it. */
  emptyLog(): void
  /**
   * Waits a few seconds for that, and not for ever: who closes the file last, or purges next, does it too.
   *
   * @returns whether the log was cut off wherever that was asked for
   */
  close(): Promise<boolean>
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
  const tell = (told: Told) => {
    thread ??= startThread(path)
    thread.postMessage(told)
  }
  return {
    written() {
      writes += 1
      if (writes % WRITES_PER_COPY === 0) tell('copy')
    },
    emptyLog: () => tell('empty'),
    async close() {
      if (!thread || thread.threadId < 0) return !thread
      thread.ref()
      // Not `once` of `node:events`, which throws what the thread ends by: the file has still to be closed.
      const ended = new Promise<number>(resolve => thread?.once('exit', resolve))
      tell('end')
      return (await ended) === 0
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
  const againAfterMs = 500
  const endsWithinMs = 5_000
  const database = new DatabaseSync(workerData as string, { timeout: 5_000 })
  let isToEmpty = false
  let endsAtMs = Number.POSITIVE_INFINITY
  const goOn = () => {
    // Who waits for readers here keeps writers waiting.
    database.exec('pragma busy_timeout = 0')
    isToEmpty &&= database.prepare('pragma wal_checkpoint(truncate)').get()?.busy !== 0
    if (isToEmpty && Date.now() < endsAtMs) return void setTimeout(goOn, againAfterMs)
    if (endsAtMs === Number.POSITIVE_INFINITY) return
    database.close()
    // Of this thread alone.
    process.exit(isToEmpty ? 1 : 0)
  }
  parentPort?.on('message', (told: Told) => {
    if (told === 'copy') return database.exec('pragma wal_checkpoint(passive)')
    const isTrying = isToEmpty
    if (told === 'empty') isToEmpty = true
    else endsAtMs = Date.now() + endsWithinMs
    if (!isTrying) goOn()
  })
}
