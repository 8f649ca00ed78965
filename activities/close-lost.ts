/**
 * Closes a child run that could not do so itself, and says what it has spent.
 *
 * @module
 */
import type { FoundEnd, LedgerPort } from '../src/core/ports.ts'
import type { CloseLostInput, LostSpendings, RunRef } from '../src/core/protocol.ts'

export interface CloseLostPorts {
  readonly ledger: LedgerPort
  /** How the run ended, as the server tells it now; `undefined` while it is open. */
  readonly howEnded: (run: Pick<RunRef, 'id' | 'key'>) => Promise<FoundEnd | undefined>
  readonly now: () => number
}

/**
 * Settles what the run has left open, at its worst case, and sums the ledger over the run and those below it. The server is asked
 * once more how it ended, for its parent heard of that a while ago and not of which part: a child that was reset since, or
 * started anew by a parent that was, goes on and is left open.
 */
export function createCloseLost(ports: CloseLostPorts): (input: CloseLostInput) => Promise<LostSpendings> {
  const { ledger, howEnded, now } = ports
  return async ({ run, outcome, message }) => {
    // Before the server is asked: whoever comes to the run after its answer has not been seen.
    const seen = await ledger.seen(run)
    const found = seen && (await howEnded(run))
    if (!found) return ledger.spentBy(run)
    const part = found.part === undefined ? {} : { part: found.part }
    const end = { outcome, ...(message !== undefined && { message }) }
    return ledger.closeLost(run, { ...end, ...part, seen, endedAtMs: now() })
  }
}
