/**
 * Waits until somebody wakes it.
 *
 * @param listen - Is given what wakes it, and gives what ends the listening.
 * @returns what it was woken with; `false` where the time was over or the signal came first.
 */
export function wokenWithin(
  ms: number,
  signal: AbortSignal,
  listen: (wake: (as: boolean) => void) => () => void,
): Promise<boolean> {
  // Its listeners are told nothing any more.
  if (signal.aborted) return Promise.resolve(false)
  return new Promise(resolve => {
    const end = (as: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      unlisten()
      resolve(as)
    }
    const giveUp = () => end(false)
    const timer = setTimeout(giveUp, ms)
    signal.addEventListener('abort', giveUp, { once: true })
    const unlisten = listen(end)
  })
}
