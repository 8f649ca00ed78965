/**
 * Whether the workers of a plug-in were told to end.
 *
 * @module
 */
import type { Worker } from '@temporalio/worker'
import { passed } from '../passed.ts'

/** Temporal's worker tells nobody, so it is looked at. What begins within this time after it was told goes on in its grace time. */
const LOOK_MS = 100

export interface Stopping {
  /** Of the workers that run now. Fires when the last of them is told to end: they share what they know, and one plug-in may join several. */
  signal(): AbortSignal
  /** Runs a worker to its end, and looks meanwhile whether it was told to. */
  during(worker: Pick<Worker, 'getState'>, run: () => Promise<void>): Promise<void>
}

export function createStopping(): Stopping {
  const serving = new Set<object>()
  let told = new AbortController()
  const leave = (worker: object) => {
    serving.delete(worker)
    if (serving.size === 0) told.abort()
  }
  return {
    signal: () => told.signal,
    async during(worker, run) {
      if (told.signal.aborted) told = new AbortController()
      serving.add(worker)
      const ended = new AbortController()
      void untilTold(worker, ended.signal).then(() => leave(worker))
      try {
        await run()
      } finally {
        ended.abort()
      }
    },
  }
}

async function untilTold(worker: Pick<Worker, 'getState'>, ended: AbortSignal): Promise<void> {
  const isAtWork = () => ['INITIALIZED', 'RUNNING'].includes(worker.getState())
  while (isAtWork() && (await passed(LOOK_MS, ended, { ref: false })));
}
