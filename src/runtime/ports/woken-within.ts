/**
 * Waits until it is woken.
 *
 * @param listen - Gets the function that wakes, and returns the one that stops listening.
 * @returns what it was woken with; `false` if the time was over or the signal came first
 */
export function wokenWithin(
  ms: number,
  signal: AbortSignal,
  listen: (wake: (as: boolean) => void) => () => void,
): Promise<boolean> {
  // A signal that was aborted before tells its listeners nothing.
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
