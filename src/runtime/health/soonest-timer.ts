export interface SoonestTimer {
  /** Calls the function within this time. If a call is due sooner, that one serves both. */
  within(ms: number): void
  /** Cancels the call that is due. No call is made after that. */
  stop(): void
}

/** Creates a timer that calls a function once, at the soonest of the times asked for. It does not keep the process alive. */
export function createSoonestTimer(call: () => unknown): SoonestTimer {
  let timer: NodeJS.Timeout | undefined
  let dueAtMs = Number.POSITIVE_INFINITY
  let isStopped = false
  return {
    within(ms) {
      const atMs = performance.now() + ms
      if (isStopped || dueAtMs <= atMs) return
      clearTimeout(timer)
      dueAtMs = atMs
      timer = setTimeout(() => {
        dueAtMs = Number.POSITIVE_INFINITY
        call()
      }, ms).unref()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
