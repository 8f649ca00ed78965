/**
 * Closes runs in the store that have ended at the Temporal server and told nobody, as one that was terminated.
 *
 * @module
 */
import type { FoundEnd, RunSeen } from '../../core/ports.ts'
import type { Store } from '../../store/index.ts'

export interface Closing {
  readonly store: Pick<Store, 'admissions' | 'budgets' | 'ledger'>
  /** Of the namespace that is asked; `undefined` where its server names none. */
  readonly namespaceId: () => Promise<string | undefined>
  /** `undefined` while the run is open. */
  readonly howEnded: (run: RunSeen) => Promise<FoundEnd | undefined>
  /** Ends runs of other namespaces too that this one does not have. @defaultValue false */
  readonly foreign?: boolean
  /** Tells vendors that nobody waits for what an ended run has in batches. Absent: nobody here has their keys. */
  readonly withdraw?: (run: RunSeen) => Promise<void>
  readonly now: () => number
  /** Leaves the runs that are not closed yet to the next time: a vendor may keep it waiting for each of them. */
  readonly signal?: AbortSignal
}

/** A run that has ended and was ended in the store. */
interface ClosedRun {
  readonly run: string
  readonly reason: string
}

export interface Closed {
  readonly closed: readonly ClosedRun[]
  /** How many open runs were left alone because another namespace has them. */
  readonly foreign: number
}

/**
 * Closes those of the runs that have ended, in this order: withdraws their batches, settles their open attempts, and ends them in the store. Others are left
 * alone, also those of other namespaces and servers: this one's server knows nothing of them, and would have them all for lost.
 */
export async function closeEnded(closing: Closing, runs: readonly RunSeen[]): Promise<Closed> {
  const { store, howEnded, withdraw, now, signal } = closing
  const ours = await ownOf(closing, runs)
  const closed: ClosedRun[] = []
  for (const run of ours) {
    if (signal?.aborted) break
    const found = await howEnded(run)
    if (!found) continue
    const { reason, outcome = 'failed', ...part } = found
    const end = { outcome, message: reason, ...part, seen: run, endedAtMs: now() }
    await withdraw?.(run)
    // One that has closed itself meanwhile leaves nothing to do, one that was reset goes on.
    if (!(await store.ledger.closeRun(run, end))) continue
    await store.admissions.leaveRun(run.key)
    closed.push({ run: run.id, reason })
  }
  return { closed, foreign: runs.length - ours.length }
}

async function ownOf({ namespaceId, foreign }: Closing, runs: readonly RunSeen[]): Promise<readonly RunSeen[]> {
  if (foreign || runs.length === 0) return runs
  const own = await namespaceId()
  return runs.filter(run => run.namespaceId === own)
}
