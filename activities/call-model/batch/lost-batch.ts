/**
 * A worker may be lost between its vendor's reply and the note of the batch's id. The vendor is asked for that batch, so that nobody pays
 * for the same answer twice.
 *
 * @module
 */
import type { AttemptRecord } from '../../../src/core/ports.ts'
import { waitUnlessTold } from '../../told-to-end.ts'
import { hasExpired } from '../walk/attempts-here.ts'
import { batchUntilMs, openBatch } from '../walk/batch-time.ts'
import type { Next, PlannedCall, Walk } from '../walk/walk.ts'
import { waitForList } from './in-batch.ts'

/** The call with what is known of the batch of its lost attempt. */
interface Sought {
  readonly planned: PlannedCall
  /** The attempt, if its vendor may have it in a batch, and cannot say so now. */
  readonly unsure?: AttemptRecord
}

export async function seekLostBatch(planned: PlannedCall): Promise<Sought> {
  const { ports, activity, soFar } = planned
  const lost = openBatch(planned) ? undefined : lostOnItsWay(planned)
  const endpoint = lost && ports.roster.byId.get(lost.endpoint)
  if (!soFar || !lost || !endpoint?.batch) return { planned }
  const { attemptId, wireRequestId: id, startedAtMs: sinceMs } = lost
  const found = await waitUnlessTold(activity, ports, signal => ports.batches.find(endpoint, { id, sinceMs, signal }))
  if (!found) return { planned }
  if (found.kind === 'unsure') return { planned, unsure: lost }
  const { batch } = found
  // Whoever has ended the run did not know of it.
  if ((await ports.ledger.noteBatch(attemptId, batch)) === 'over') await ports.batches.withdraw(endpoint, batch)
  const attempts = soFar.attempts.map(each => (each === lost ? { ...each, batch } : each))
  return { planned: { ...planned, soFar: { ...soFar, attempts } } }
}

/** Waits for the vendor's word for as long as for a batch, unless nobody waits for the call any more. */
export async function waitUnsure(walk: Walk, unsure: AttemptRecord | undefined): Promise<Next | undefined> {
  if (!unsure || walk.prepared.input.withdraws) return undefined
  const untilMs = batchUntilMs(walk, unsure.taskClass)
  return walk.ports.now() < (untilMs ?? 0) ? { result: await waitForList(walk, unsure, untilMs) } : undefined
}

/** The last attempt, if its worker was lost or told to end, and it may have gone into a batch. */
function lostOnItsWay(planned: PlannedCall): AttemptRecord | undefined {
  const { ports, soFar } = planned
  const last = soFar?.attempts.at(-1)
  const asksInBatches = last && !hasExpired(planned) && ports.directory.classes[last.taskClass]?.batchMs !== undefined
  return asksInBatches && last.outcome === 'abandoned' ? last : undefined
}
