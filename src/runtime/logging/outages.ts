/**
 * Says that what the log has called out of reach is back: all that needs the Temporal server or the store fails while it is away, and
 * nothing says when that ends.
 *
 * @module
 */
import { passed } from '../passed.ts'

/** What comes back by itself. */
export type Outage = 'server' | 'store'

export interface Outages {
  /**
   * The log has said that it is out of reach.
   *
   * @param over - Called when the log says that it is back.
   */
  begun(what: Outage, over: () => void): void
  /** Looks whether it is back, from now until the signal: before that nothing is told, and after it neither. */
  watch(asks: Readonly<Record<Outage, () => Promise<unknown>>>, signal: AbortSignal): void
}

const ASKED_EVERY_MS = 2_000

const BACK: Readonly<Record<Outage, string>> = {
  server: 'the Temporal server answers again, and runs continue',
  store: 'the store answers again, and whatever needs it continues at its next retry',
}

export function createOutages(tell: (message: string) => void, everyMs = ASKED_EVERY_MS): Outages {
  const asking = new Map<Outage, (() => void)[]>()
  let watching: { readonly asks: Parameters<Outages['watch']>[0]; readonly signal: AbortSignal } | undefined
  const untilBack = async (what: Outage) => {
    const { asks, signal } = watching!
    while (await passed(everyMs, signal, { ref: false })) {
      if (!(await answers(asks[what])) || signal.aborted) continue
      tell(BACK[what])
      for (const over of asking.get(what) ?? []) over()
      break
    }
    asking.delete(what)
  }
  return {
    begun(what, over) {
      if (!watching) return
      const told = asking.get(what)
      if (told) return void told.push(over)
      asking.set(what, [over])
      void untilBack(what)
    },
    watch(asks, signal) {
      watching = { asks, signal }
    },
  }
}

/** Whatever else comes back instead of an answer, the log tells of it where it is met. */
async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return true
  } catch {
    return false
  }
}
