/**
 * One thing after the other, now or in a while.
 *
 * @module
 */

export interface Turns {
  /** Runs it when all before it have ended; gives its result. */
  take<Result>(body: () => Promise<Result>): Promise<Result>
  /** Sees to it that it runs within a time; one that is due sooner will do. Keeps no process alive. */
  takeIn(ms: number, body: () => Promise<unknown>): void
  /** Runs a last one instead of those that are due; nothing is taken after it. */
  end(body: () => Promise<void>): Promise<void>
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let dueAtMs = Number.POSITIVE_INFINITY
  let ended = false
  const take = <Result>(body: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(body)
    // A failure is its caller's to hear of; the next turn comes all the same.
    last = turn.catch(() => {})
    return turn
  }
  return {
    take,
    takeIn(ms, body) {
      const atMs = performance.now() + ms
      if (ended || dueAtMs <= atMs) return
      clearTimeout(timer)
      dueAtMs = atMs
      timer = setTimeout(() => {
        dueAtMs = Number.POSITIVE_INFINITY
        void body()
      }, ms).unref()
    },
    async end(body) {
      if (ended) return
      ended = true
      clearTimeout(timer)
      await take(body)
    },
  }
}
