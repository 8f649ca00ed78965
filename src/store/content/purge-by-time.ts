/**
 * Ends the content of all trees whose time has come, a few at a time.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { HOUR_MS } from '../../core/durations.ts'
import type { Connection } from '../connection.ts'
import type { RunTable } from '../schema.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import { ask, type Dialect, type Work } from '../work.ts'
import { createPace, PAUSE_MS, type Pace, pacedBatches, timed } from './pace.ts'
import { purgeBelow } from './purge-below.ts'
import { type Purged, purgeTrees } from './purge-trees.ts'

/** So many of the trees to purge, by a clock that is so far ahead; those with these keys alone, where some are named. */
type Find = (size: number, aheadMs: number, keys?: readonly string[]) => Work<RunTable[]>

interface PurgingAll {
  readonly ring: KeyRing
  readonly atMs: number
  /** Leaves the rest for the next time. */
  readonly signal?: AbortSignal
}

/** So many are looked for at once: without an index of when they ended, each look goes through all runs. */
const FOUND_AT_ONCE = 1_000

/** By the store's clock, as runs end by it: a worker whose clock is days ahead would destroy what nobody can bring back. */
export async function purgeAll(connection: Connection, find: Find, all: PurgingAll): Promise<Purged[]> {
  const pace = createPace()
  const purged: Purged[] = []
  let turns = 0
  while (!all.signal?.aborted) {
    const aheadMs = await connection.clockAheadMs()
    const found = await connection.read(() => find(FOUND_AT_ONCE, aheadMs))
    for (const batch of pacedBatches(found, pace)) {
      if (turns > 0) await sleep(PAUSE_MS)
      turns += 1
      const done = await purgeBatch(connection, find, batch, { ...all, pace })
      purged.push(...(done ?? []))
      if (!done || all.signal?.aborted) return purged
    }
    if (found.length < FOUND_AT_ONCE) break
  }
  return purged
}

/** @returns `undefined`: it was told to stop. */
async function purgeBatch(
  connection: Connection,
  find: Find,
  batch: readonly RunTable[],
  { ring, atMs, signal, pace }: PurgingAll & { readonly pace: Pace },
): Promise<readonly Purged[] | undefined> {
  const aheadMs = await connection.clockAheadMs()
  const purging = { ring, atMs: atMs + aheadMs, endedOnly: true }
  if (!(await purgeBelow(connection, batch, purging, signal))) return undefined
  const keys = batch.map(root => root.run_key)
  const purge = function* () {
    // As they are now: another worker may have purged them, and a run may have been reset.
    return yield* purgeTrees(yield* find(keys.length, aheadMs, keys), purging)
  }
  return timed(pace, batch.length, () => connection.erase(purge))
}

export const endedBefore =
  (beforeMs: number): Find =>
  (size, aheadMs, keys) =>
    ask(dialect =>
      roots(dialect, size, keys)
        .where('ended_at_ms', '<', beforeMs + aheadMs)
        .orderBy('ended_at_ms'),
    )

/**
 * No retention ends earlier by itself: the run's end is written here before Temporal has its result, which needs the key, and
 * somebody should have the time to read it.
 */
const LEAST_MS = HOUR_MS

/** Of which the retention is over, in the order of the index of when they are due. */
export const dueAt =
  (atMs: number): Find =>
  (size, aheadMs, keys) =>
    ask(dialect =>
      roots(dialect, size, keys)
        .where('ended_at_ms', '<=', atMs + aheadMs - LEAST_MS)
        .where('retention_ms', 'is not', null)
        .where(DUE_AT, '<=', atMs + aheadMs)
        .orderBy(DUE_AT),
    )

const DUE_AT = sql<number>`(ended_at_ms + retention_ms)`

/** A run below may end after the one at the top, which was terminated: until then it needs what was said, and says more. */
function roots({ queries }: Dialect, size: number, keys?: readonly string[]) {
  return queries
    .selectFrom('runs')
    .selectAll()
    .whereRef('run_key', '=', 'scope_id')
    .where('purged_at_ms', 'is', null)
    .where('ended_at_ms', 'is not', null)
    .where('run_key', 'not in', queries.selectFrom('runs').select('scope_id').where('ended_at_ms', 'is', null))
    .$if(keys !== undefined, query => query.where('run_key', 'in', keys!))
    .limit(size)
}
