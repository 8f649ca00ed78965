export interface SoonestTimer {
  /** Calls within this time. A call that is due sooner will do for both. */
  within(ms: number): void
  /** Calls off what is due; nothing is due any more from then on. */
  stop(): void
}

/** Calls a function once at the soonest of the times that were asked for. Keeps no process alive. */
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
