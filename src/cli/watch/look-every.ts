/**
 * Looks from time to time, beside a command that waits for something else.
 *
 * @module
 */
import { problemOf } from '../problem.ts'

export interface Looks {
  /** Rejects with the bug that a look came upon; never settles otherwise. */
  readonly failed: Promise<never>
  /** Resolves behind the look that is under way: it may still have something to say, and asks over connections that are closed next. */
  end(): Promise<void>
}

/** One look after the other. That server or store are out of reach ends none of them: the next may find them back. */
export function lookEvery(everyMs: number, look: () => Promise<void>): Looks {
  let underWay: Promise<void> | undefined
  let fail = (_bug: unknown) => {}
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  const lookOnce = async () => {
    try {
      await look()
    } catch (error) {
      if (!(await problemOf(error))) fail(error)
    }
    underWay = undefined
  }
  const timer = setInterval(() => {
    underWay ??= lookOnce()
  }, everyMs)
  return {
    failed,
    async end() {
      clearInterval(timer)
      await underWay
    },
  }
}
