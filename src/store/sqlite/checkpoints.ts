/**
 * Copies a file's write-ahead log into the file beside the work, in a thread of its own.
 *
 * @module
 */
import { pathToFileURL } from 'node:url'
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
 * A copy waits for the disk: 50 to 80 ms of it where SQLite makes it on the way of a commit. Where the thread cannot open the file, the
 * next copy begins with another one.
 */
export function createCheckpoints(path: string): Checkpoints {
  // Now: where the process has gone to another folder, a path from there is another file's.
  const file = `${pathToFileURL(path)}?mode=rw`
  let thread: Worker | undefined
  let writes = 0
  let isToEmpty = false
  const start = () => {
    const started = startThread(file)
    started.once('exit', () => {
      if (thread === started) thread = undefined
    })
    if (isToEmpty) started.postMessage('empty' satisfies Told)
    return started
  }
  const tell = (told: Told) => {
    thread ??= start()
    thread.postMessage(told)
    return thread
  }
  return {
    written() {
      writes += 1
      if (writes % WRITES_PER_COPY === 0) tell('copy')
    },
    emptyLog() {
      isToEmpty = true
      tell('empty')
    },
    async close() {
      if (!thread && !isToEmpty) return true
      const ending = tell('end')
      ending.ref()
      // Not `once` of `node:events`, which throws what the thread ends by: the file has still to be closed.
      return (await new Promise<number>(resolve => ending.once('exit', resolve))) === 0
    },
  }
}

function startThread(file: string): Worker {
  const code = `(${copyWhenTold})(require('node:sqlite'), require('node:worker_threads'))`
  const thread = new Worker(code, { eval: true, workerData: file })
  // A file that is gone, which it does not make anew, is told to whoever writes next; this thread only saves them time.
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
  const database = new DatabaseSync(new URL(workerData as string), { timeout: 5_000 })
  let isToEmpty = false
  let endsAtMs = Number.POSITIVE_INFINITY
  const copies = (how: 'passive' | 'truncate') => {
    try {
      return database.prepare(`pragma wal_checkpoint(${how})`).get()?.busy === 0
    } catch {
      // Such as a full disk, which may have room when this is told the next time. Whoever writes tells of it.
      return false
    }
  }
  const goOn = () => {
    // Who waits for readers here keeps writers waiting.
    database.exec('pragma busy_timeout = 0')
    isToEmpty &&= !copies('truncate')
    if (isToEmpty && Date.now() < endsAtMs) return void setTimeout(goOn, againAfterMs)
    if (endsAtMs === Number.POSITIVE_INFINITY) return
    database.close()
    // Of this thread alone.
    process.exit(isToEmpty ? 1 : 0)
  }
  parentPort?.on('message', (told: Told) => {
    if (told === 'copy') return void copies('passive')
    const isTrying = isToEmpty
    if (told === 'empty') isToEmpty = true
    else endsAtMs = Date.now() + endsWithinMs
    if (!isTrying) goOn()
  })
}
