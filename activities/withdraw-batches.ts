/**
 * Tells vendors that nobody waits for what runs have in batches.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { batchesOf } from '../src/core/batches.ts'
import type { Endpoint } from '../src/core/endpoints.ts'
import { groupBy } from '../src/core/group-by.ts'
import type { BatchPort, LedgerPort } from '../src/core/ports.ts'
import type { RunName } from '../src/core/protocol.ts'
import type { Roster } from '../src/core/routing/filter/roster.ts'
import type { Directory } from '../src/core/task-class.ts'

export interface WithdrawBatchesPorts {
  readonly ledger: Pick<LedgerPort, 'openBatches'>
  readonly batches: Pick<BatchPort, 'withdraw'>
  readonly directory: Pick<Directory, 'classes'>
  readonly roster: Pick<Roster, 'byId'>
}

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
  { ledger, batches, directory, roster }: WithdrawBatchesPorts,
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
  const ofEach = [...groupBy(open, ({ endpoint }) => endpoint.provider).values()]
  const withdrawn = Promise.all(ofEach.map(its => withdrawAll(batches, its)))
  await Promise.race([withdrawn, delay(patienceMs, undefined, { ref: false })])
}

/** A vendor that is told more at a time answers 429. */
const AT_ONCE = 8

async function withdrawAll(batches: WithdrawBatchesPorts['batches'], open: readonly OpenAt[]): Promise<void> {
  for (const some of batchesOf(open, AT_ONCE))
    await Promise.all(some.map(({ endpoint, batch }) => batches.withdraw(endpoint, batch)))
}

interface OpenAt {
  readonly endpoint: Endpoint
  readonly batch: string
}
