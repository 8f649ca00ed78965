import type { Withdrawals } from '../../../activities/withdraw-batches.ts'

/** A vendor that is told more at a time answers 429. */
const AT_ONCE = 8

interface Provider {
  /** How many batches it is being told of. */
  told: number
  readonly waiting: (() => void)[]
}

/** Has each provider told of eight batches at a time, in the order in which they come, however many runs end. */
export function createWithdrawals(): Withdrawals {
  const providers = new Map<string, Provider>()
  return async (name, tell) => {
    const its = providers.get(name) ?? { told: 0, waiting: [] }
    providers.set(name, its)
    if (its.told < AT_ONCE) its.told += 1
    else await new Promise<void>(resolve => its.waiting.push(resolve))
    try {
      await tell()
    } finally {
      const next = its.waiting.shift()
      // Its place goes to the next one.
      if (next) next()
      else its.told -= 1
    }
  }
}
