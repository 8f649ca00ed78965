import { setTimeout as delay } from 'node:timers/promises'

interface Waiting {
  /** Whether the wait keeps the process alive. @defaultValue true */
  readonly ref?: boolean
}

/** Whether a time has passed before the signal came. */
export async function passed(ms: number, signal: AbortSignal, { ref = true }: Waiting = {}): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal, ref })
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
