/**
 * Tells vendors that nobody waits for what a run has in batches.
 *
 * @module
 */
import type { BatchPort, LedgerPort } from '../src/core/ports.ts'
import type { RunName } from '../src/core/protocol.ts'
import type { Roster } from '../src/core/routing/roster.ts'
import type { Directory } from '../src/core/task-class.ts'

export interface WithdrawBatchesPorts {
  readonly ledger: Pick<LedgerPort, 'openBatches'>
  readonly batches: Pick<BatchPort, 'withdraw'>
  readonly directory: Directory
  readonly roster: Pick<Roster, 'byId'>
}

/** Before their attempts are settled, by which the ledger forgets them. Where no class asks in batches, the store is not asked either. */
export async function withdrawBatches(ports: WithdrawBatchesPorts, run: RunName): Promise<void> {
  const { ledger, batches, directory, roster } = ports
  if (!Object.values(directory.classes).some(({ batchMs }) => batchMs !== undefined)) return
  for (const { endpoint: id, batch } of await ledger.openBatches(run)) {
    const endpoint = roster.byId.get(id)
    if (endpoint) await batches.withdraw(endpoint, batch)
  }
}
