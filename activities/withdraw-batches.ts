/**
 * Tells vendors that nobody waits for what runs have in batches.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { BatchPort, LedgerPort } from '../src/core/ports.ts'
import type { RunName } from '../src/core/protocol.ts'
import type { Roster } from '../src/core/routing/filter/roster.ts'
import type { Directory } from '../src/core/task-class.ts'

export interface WithdrawBatchesPorts {
  readonly ledger: Pick<LedgerPort, 'openBatches'>
  readonly batches: Pick<BatchPort, 'withdraw'>
  readonly directory: Pick<Directory, 'classes'>
  readonly roster: Pick<Roster, 'byId'>
  readonly withdrawals: Withdrawals
}

/** Tells a provider of one batch when it is its turn. One for a worker: its runs may end at the same time, and one behind another. */
export type Withdrawals = (provider: string, tell: () => Promise<void>) => Promise<void>

/** The end of a run waits no longer for its vendors, which may not answer at all. They may still hear of it behind that. */
const PATIENCE_MS = 5_000

export interface WithdrawOptions {
  /** Only what this step has in batches. */
  readonly step?: number
  /** @defaultValue 5 s */
  readonly patienceMs?: number
}

/** Before their attempts are settled, by which the ledger forgets them. Where no class asks in batches, the store is not asked either. */
export async function withdrawBatches(
  { ledger, batches, directory, roster, withdrawals }: WithdrawBatchesPorts,
  runs: readonly Pick<RunName, 'key'>[],
  { step, patienceMs = PATIENCE_MS }: WithdrawOptions = {},
): Promise<void> {
  if (!Object.values(directory.classes).some(({ batchMs }) => batchMs !== undefined)) return
  const ofRuns = await Promise.all(runs.map(run => ledger.openBatches(run, step)))
  const open = ofRuns.flat().flatMap(({ endpoint: id, batch }) => {
    const endpoint = roster.byId.get(id)
    return endpoint?.batch ? [{ endpoint, batch }] : []
  })
  if (open.length === 0) return
  const withdrawn = Promise.all(
    open.map(({ endpoint, batch }) => withdrawals(endpoint.provider, () => batches.withdraw(endpoint, batch))),
  )
  await Promise.race([withdrawn, delay(patienceMs, undefined, { ref: false })])
}
