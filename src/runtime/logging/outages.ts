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
  /** Notes that something has failed because of it just now. */
  goesOn(what: Outage): void
  /** Looks whether it is back, from now until the signal: before that nothing is told, and after it neither. */
  watch(asks: Readonly<Record<Outage, () => Promise<unknown>>>, signal: AbortSignal): void
}

const ASKED_EVERY_MS = 2_000

/**
 * A store whose connections are cut every moment answers most looks. What is away again so soon after it was said to be back has to stay
 * for so many looks before that is said again: two lines every few seconds would hide all others.
 */
const SOON_MS = 60_000
const STEADY_LOOKS = 15

const BACK: Readonly<Record<Outage, string>> = {
  server: 'the Temporal server answers again, and runs continue',
  store: 'the store answers again, and whatever needs it continues at its next retry',
}

export function createOutages(tell: (message: string) => void, everyMs = ASKED_EVERY_MS): Outages {
  const asking = new Map<Outage, (() => void)[]>()
  const failing = new Set<Outage>()
  const backAtMs = new Map<Outage, number>()
  let watching: { readonly asks: Parameters<Outages['watch']>[0]; readonly signal: AbortSignal } | undefined
  const untilBack = async (what: Outage) => {
    const { asks, signal } = watching!
    const isSoon = performance.now() - (backAtMs.get(what) ?? Number.NEGATIVE_INFINITY) < SOON_MS
    const needed = isSoon ? STEADY_LOOKS : 1
    for (let steady = 0; steady < needed; ) {
      failing.delete(what)
      if (!(await passed(everyMs, signal, { ref: false }))) break
      const isWell = (await answers(asks[what])) && !failing.has(what)
      steady = isWell ? steady + 1 : 0
    }
    if (!signal.aborted) {
      tell(BACK[what])
      backAtMs.set(what, performance.now())
      for (const over of asking.get(what) ?? []) over()
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
    goesOn: what => void failing.add(what),
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
