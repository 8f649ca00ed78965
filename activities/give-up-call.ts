/**
 * Gives back what a call holds that was cancelled alone: its places in line, and what it has reserved.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { LedgerPort } from '../src/core/ports.ts'
import type { GiveUpCallInput } from '../src/core/protocol.ts'
import { partOf } from './part.ts'
import { type WithdrawBatchesPorts, withdrawBatches } from './withdraw-batches.ts'

export interface GiveUpCallPorts extends Omit<WithdrawBatchesPorts, 'ledger'> {
  readonly ledger: LedgerPort
  readonly now: () => number
}

/** Ends the call without an answer, however often it is tried. No activity is at work on it, unless its worker was believed lost. */
export function createGiveUpCall(ports: GiveUpCallPorts): (input: GiveUpCallInput) => Promise<void> {
  return async ({ run, step }) => {
    const part = partOf(Context.current())
    await withdrawBatches(ports, [run], { step })
    await ports.ledger.endCalls({ run, step, ...part, endedAtMs: ports.now() })
  }
}
