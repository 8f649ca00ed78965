/**
 * Closes a child run that could not do so itself, and says what it has spent.
 *
 * @module
 */
import type { AdmissionPort, FoundEnd, LedgerPort } from '../src/core/ports.ts'
import type { CloseLostInput, RunName, RunSpent } from '../src/core/protocol.ts'
import { type WithdrawBatchesPorts, withdrawBatches } from './withdraw-batches.ts'

export interface CloseLostPorts extends Omit<WithdrawBatchesPorts, 'ledger'> {
  readonly ledger: LedgerPort
  readonly admissions: Pick<AdmissionPort, 'leaveRun'>
  /** How the run ended, as the server tells it now; `undefined` while it is open. */
  readonly howEnded: (run: RunName) => Promise<FoundEnd | undefined>
  readonly now: () => number
}

/**
 * Settles what the run has left open, at its worst case, and returns what it and the runs below it have spent.
 *
 * The server is asked again how the run ended: the parent heard of an end earlier, and not of which part. A child that was reset
 * since, or was started anew by a parent that was reset, is running again and stays open.
 */
export function createCloseLost(ports: CloseLostPorts): (input: CloseLostInput) => Promise<RunSpent> {
  const { ledger, admissions, howEnded, now } = ports
  return async ({ run, outcome, message }) => {
    // Read before the server is asked: if another part opens the run after the server's answer, the store sees that and closes
    // nothing.
    const seen = await ledger.seen(run)
    const found = seen && (await howEnded(run))
    if (!found) return ledger.spentBy(run)
    const part = found.part === undefined ? {} : { part: found.part }
    const end = { outcome, ...(message !== undefined && { message }) }
    await withdrawBatches(ports, [run])
    const spent = await ledger.closeLost(run, { ...end, ...part, seen, endedAtMs: now() })
    await admissions.leaveRun(run.key)
    return spent
  }
}
