/**
 * Closes a child run that could not do so itself, and says what it has spent.
 *
 * @module
 */
import type { LedgerPort } from '../src/core/ports.ts'
import type { CloseLostInput, LostSpendings } from '../src/core/protocol.ts'

export interface CloseLostPorts {
  readonly ledger: LedgerPort
  readonly now: () => number
}

/** Settles what the run has left open, at its worst case, and sums the ledger over the run and those below it. */
export function createCloseLost({ ledger, now }: CloseLostPorts): (input: CloseLostInput) => Promise<LostSpendings> {
  return ({ run, outcome, message }) => ledger.closeLost(run, { outcome, message, endedAtMs: now() })
}
