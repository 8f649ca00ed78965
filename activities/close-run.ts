/**
 * Records how a run ended and gives back what it still held.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { LedgerPort } from '../src/core/ports.ts'
import type { CloseRunInput } from '../src/core/protocol.ts'
import { partOf } from './part.ts'

export interface CloseRunPorts {
  readonly ledger: LedgerPort
  readonly now: () => number
}

/** Closes the run in the store, once however often it is tried. */
export function createCloseRun({ ledger, now }: CloseRunPorts): (input: CloseRunInput) => Promise<void> {
  return async ({ run, outcome, message }) => {
    const end = { outcome, ...(message !== undefined && { message }), ...partOf(Context.current()) }
    await ledger.closeRun(run, { ...end, endedAtMs: now() })
  }
}
