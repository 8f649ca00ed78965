/**
 * What was started and must end, whatever happens in between.
 *
 * @module
 */

type Close = () => unknown

/** A stack of endings: the last thing that was started is the first to end. */
export interface Closers {
  add(close: Close): void
  /**
   * Ends everything, once; what one ending throws keeps none of the others from its turn.
   *
   * @throws the first error, after all have had their turn.
   */
  close(): Promise<void>
}

export function createClosers(): Closers {
  const stack: Close[] = []
  return {
    add: close => void stack.push(close),
    async close() {
      const failures: unknown[] = []
      for (let next = stack.pop(); next; next = stack.pop()) {
        const [ending] = await Promise.allSettled([Promise.resolve().then(next)])
        if (ending.status === 'rejected') failures.push(ending.reason)
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
