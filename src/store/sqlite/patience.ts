import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from './problems.ts'

/** How long a transaction waits for another process's. Ours take under a millisecond, so this is a stuck one, or somebody who rewrites the file. */
const PATIENCE_MS = 5_000

/** What SQLite waits by itself: meanwhile all of this process stands still, its answers to heartbeats too. */
export const BUSY_TIMEOUT_MS = 20

const PAUSE_MS = 30

export interface Patience {
  /** Does at once what finds the file free. What does not is tried again for some seconds, and what comes later waits behind it. */
  does<Result>(body: () => Result): Promise<Result>
}

/** Waits where another process has the file locked, while all else of this process goes on. */
export function createPatience(): Patience {
  let waiting: Promise<void> | undefined
  return {
    async does(body) {
      const untilMs = performance.now() + PATIENCE_MS
      if (!waiting) {
        try {
          return body()
        } catch (error) {
          if (!isBusy(error)) throw error
        }
      }
      const done = (waiting ?? sleep(PAUSE_MS)).then(() => untilFree(body, untilMs))
      const settled = done.then(
        () => {},
        () => {},
      )
      waiting = settled
      void settled.then(() => {
        if (waiting === settled) waiting = undefined
      })
      return done
    },
  }
}

/** For what may be begun anew, and need not wait for others: looks that change nothing. */
export function patiently<Result>(body: () => Result | Promise<Result>): Promise<Result> {
  return untilFree(body, performance.now() + PATIENCE_MS)
}

async function untilFree<Result>(body: () => Result | Promise<Result>, untilMs: number): Promise<Result> {
  for (;;) {
    try {
      return await body()
    } catch (error) {
      if (!isBusy(error) || performance.now() > untilMs) throw error
    }
    await sleep(PAUSE_MS)
  }
}
