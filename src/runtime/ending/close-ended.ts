/**
 * Closes runs in the store that have ended at the Temporal server and told nobody, as one that was terminated.
 *
 * @module
 */
import { batchesOf } from '../../core/batches.ts'
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
  /** Tells vendors that nobody waits for what ended runs have in batches. Absent: nobody here has their keys. */
  readonly withdraw?: (runs: readonly RunSeen[]) => Promise<void>
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

/** The server takes some 2 ms for one. A vendor that does not answer holds up as many together as it would one. */
const AT_ONCE = 16

/**
 * Closes those of the runs that have ended, in this order: withdraws their batches, settles their open attempts, and ends them in the store. Others are left
 * alone, also those of other namespaces and servers: this one's server knows nothing of them, and would have them all for lost.
 */
export async function closeEnded(closing: Closing, runs: readonly RunSeen[]): Promise<Closed> {
  const { howEnded, withdraw, signal } = closing
  const ours = await ownOf(closing, runs)
  const closed: ClosedRun[] = []
  for (const some of batchesOf(ours, AT_ONCE)) {
    if (signal?.aborted) break
    const looked = await Promise.all(some.map(async run => ({ run, found: await howEnded(run) })))
    const ended = looked.flatMap(({ run, found }) => (found ? [{ run, found }] : []))
    await withdraw?.(ended.map(({ run }) => run))
    // In their order.
    for (const { run, found } of ended)
      if (await close(closing, run, found)) closed.push({ run: run.id, reason: found.reason })
  }
  return { closed, foreign: runs.length - ours.length }
}

/** One that has closed itself meanwhile leaves nothing to do, one that was reset goes on. */
async function close({ store, now }: Closing, run: RunSeen, found: FoundEnd): Promise<boolean> {
  const { reason, outcome = 'failed', ...part } = found
  const end = { outcome, message: reason, ...part, seen: run, endedAtMs: now() }
  if (!(await store.ledger.closeRun(run, end))) return false
  await store.admissions.leaveRun(run.key)
  return true
}

async function ownOf({ namespaceId, foreign }: Closing, runs: readonly RunSeen[]): Promise<readonly RunSeen[]> {
  if (foreign || runs.length === 0) return runs
  const own = await namespaceId()
  return runs.filter(run => run.namespaceId === own)
}
