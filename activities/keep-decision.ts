/**
 * Records who decided on a tool call.
 *
 * @module
 */
import type { LedgerPort } from '../src/core/ports.ts'
import type { KeepDecisionInput } from '../src/core/protocol.ts'

export interface KeepDecisionPorts {
  readonly ledger: LedgerPort
}

/** Writes the decision into the store, once however often it is tried. */
export function createKeepDecision({ ledger }: KeepDecisionPorts): (input: KeepDecisionInput) => Promise<void> {
  return decision => ledger.keepDecision(decision)
}
