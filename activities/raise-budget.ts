/**
 * Raises the limits of a run's budget, as somebody has approved.
 *
 * @module
 */
import type { LedgerPort } from '../src/core/ports.ts'
import type { RaiseBudgetInput, RaisedBudget } from '../src/core/protocol.ts'

export interface RaiseBudgetPorts {
  readonly ledger: LedgerPort
}

/** Raises the limits in the store, once however often it is tried, with who approved it. They hold at once. */
export function createRaiseBudget({ ledger }: RaiseBudgetPorts): (input: RaiseBudgetInput) => Promise<RaisedBudget> {
  return raise => ledger.raiseBudget(raise)
}
