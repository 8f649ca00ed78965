/**
 * Records how a run ended and gives back what it still held.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { AdmissionPort, SealPort } from '../src/core/ports.ts'
import type { CloseRunInput } from '../src/core/protocol.ts'
import { partOf } from './part.ts'
import { type RecordRunPorts, recordRun } from './record-run.ts'
import { type WithdrawBatchesPorts, withdrawBatches } from './withdraw-batches.ts'

export interface CloseRunPorts extends RecordRunPorts, Omit<WithdrawBatchesPorts, 'ledger' | 'directory'> {
  readonly seals: Pick<SealPort, 'isSealed'>
  readonly admissions: Pick<AdmissionPort, 'leaveRun'>
}

/** Closes the run in the store, once however often it is tried. */
export function createCloseRun(ports: CloseRunPorts): (input: CloseRunInput) => Promise<void> {
  return async ({ run, outcome, message, cost, unopened }) => {
    // A sealed run of which the store has no key cannot be written down, and has to end all the same.
    if (unopened && (!run.sealed || (await ports.seals.isSealed(run.id)))) await recordRun(ports, { ...unopened, run })
    const activity = Context.current()
    const end = {
      outcome,
      ...(message !== undefined && { message }),
      ...(cost && { cost }),
      ...partOf(activity),
    }
    await withdrawBatches(ports, [run])
    const isEnded = await ports.ledger.closeRun(run, { ...end, endedAtMs: ports.now() })
    // What it waited for at a limit while no activity ran. Others behind it would wait for it until it is overdue. Also where it had
    // ended before: perhaps the worker was lost that ended it.
    await ports.admissions.leaveRun(run.key)
    // A child's end is for its parent to judge, whose money it was.
    if (isEnded && outcome === 'out-of-budget' && run.root === undefined)
      activity.log.warn('run is out of budget', { run: run.id, ...(message !== undefined && { reason: message }) })
  }
}
