/**
 * Looks from time to time, beside a command that waits for something else.
 *
 * @module
 */
import { problemOf } from '../problem.ts'

export interface Looks {
  /** Rejects with the bug that a look came upon; never settles otherwise. */
  readonly failed: Promise<never>
  end(): void
}

/** One look after the other. That server or store are out of reach is the command's own to tell, and the next look may find them back. */
export function lookEvery(everyMs: number, look: () => Promise<void>): Looks {
  let isLooking = false
  let isOver = false
  let fail = (_bug: unknown) => {}
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  const lookOnce = async () => {
    if (isLooking) return
    isLooking = true
    try {
      await look()
    } catch (error) {
      // Behind the end the command closes the connections under it.
      if (!isOver && !(await problemOf(error))) fail(error)
    }
    isLooking = false
  }
  const timer = setInterval(() => void lookOnce(), everyMs)
  return {
    failed,
    end() {
      isOver = true
      clearInterval(timer)
    },
  }
}
