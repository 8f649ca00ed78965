/**
 * Looks from time to time, beside a command that waits for something else.
 *
 * @module
 */
import { problemOf } from '../problem.ts'

export interface Looks {
  /** Rejects with the bug that a look came upon; never settles otherwise. */
  readonly failed: Promise<never>
  /** Looks no more. A look that is under way is not waited for: its server may be away. Connections are closed next, so what it throws then is no bug. */
  end(): void
}

/**
 * One look after the other. That server or store are out of reach ends none of them: the next may find them back.
 *
 * @param look - Aborted: nobody listens any more.
 */
export function lookEvery(everyMs: number, look: (ended: AbortSignal) => Promise<void>): Looks {
  const ending = new AbortController()
  let isLooking = false
  let fail = (_bug: unknown) => {}
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  const lookOnce = async () => {
    if (isLooking) return
    isLooking = true
    try {
      await look(ending.signal)
    } catch (error) {
      if (!ending.signal.aborted && !(await problemOf(error))) fail(error)
    }
    isLooking = false
  }
  const timer = setInterval(lookOnce, everyMs)
  return {
    failed,
    end() {
      clearInterval(timer)
      ending.abort()
    },
  }
}
