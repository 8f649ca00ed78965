/**
 * A worker may be lost between its vendor's reply and the note of the batch's id. The vendor is asked for that batch, so that nobody pays
 * for the same answer twice.
 *
 * @module
 */
import type { AttemptRecord } from '../../src/core/ports.ts'
import { waitUnlessTold } from '../told-to-end.ts'
import { openBatch } from './in-batch.ts'
import { hasExpired } from './resume.ts'
import type { Walking } from './walk.ts'

/** The call with the batch of its lost attempt, if its vendor has one. */
export async function withLostBatch(walking: Walking): Promise<Walking> {
  const { ports, activity, soFar } = walking
  const lost = openBatch(walking) ? undefined : lostOnItsWay(walking)
  const endpoint = lost && ports.roster.byId.get(lost.endpoint)
  if (!soFar || !lost || !endpoint?.batch) return walking
  const { attemptId, wireRequestId: id, startedAtMs: sinceMs } = lost
  const batch = await waitUnlessTold(activity, ports, signal => ports.batches.find(endpoint, { id, sinceMs, signal }))
  if (batch === undefined) return walking
  await ports.ledger.noteBatch(attemptId, batch)
  const attempts = soFar.attempts.map(each => (each === lost ? { ...each, batch } : each))
  return { ...walking, soFar: { ...soFar, attempts } }
}

/** The last attempt, if its worker was lost or told to end, and it may have gone into a batch. */
function lostOnItsWay(walking: Walking): AttemptRecord | undefined {
  const { ports, soFar } = walking
  const last = soFar?.attempts.at(-1)
  const asksInBatches = last && !hasExpired(walking) && ports.directory.classes[last.taskClass]?.batchMs !== undefined
  return asksInBatches && last.outcome === 'abandoned' ? last : undefined
}
