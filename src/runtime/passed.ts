import { setTimeout as delay } from 'node:timers/promises'

/**
 * Whether a time has passed before the signal came.
 *
 * @param ref - `false`: the wait keeps no process alive.
 */
export async function passed(ms: number, signal: AbortSignal, ref = true): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal, ref })
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
