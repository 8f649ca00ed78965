/**
 * The heap of this process after a collection, workflow threads included.
 *
 * @module
 */
import type { Worker as Thread } from 'node:worker_threads'

const threads = new Set<Thread>()

/** Must be called before the worker starts its threads. */
export function watchThreads(): void {
  process.on('worker', thread => {
    threads.add(thread)
    thread.once('exit', () => threads.delete(thread))
  })
}

/**
 * Bytes in use: of this thread after two full collections (the process runs with `--expose-gc`), and of each other thread
 * after a snapshot of its heap, which collects before it is taken.
 */
export async function heapAfterCollection(): Promise<number> {
  let bytes = 0
  for (const thread of threads) {
    const snapshot = await thread.getHeapSnapshot()
    for await (const _ of snapshot) {
      // Read to its end, so that its own memory is free again.
    }
    bytes += (await thread.getHeapStatistics()).used_heap_size
  }
  globalThis.gc?.()
  globalThis.gc?.()
  return bytes + process.memoryUsage().heapUsed
}
