/** A promise with its two ends in hand, for what an event settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

/** `Promise.withResolvers`, which the compiler's library of this project does not know yet. */
export function deferred<T>(): Deferred<T> {
  let ends!: Omit<Deferred<T>, 'promise'>
  const promise = new Promise<T>((resolve, reject) => {
    ends = { resolve, reject }
  })
  return { promise, ...ends }
}
