/**
 * Large trees end in several transactions. A tree may be one question, or hundreds of runs with files. While a transaction lasts, others
 * that want to write to a SQLite file wait, and so does this whole process.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '../connection.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { RunTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'
import { createPace, FEW, PAUSE_MS, pacedBatches, timed } from './pace.ts'
import { type Purging, purgeSome } from './purge-trees.ts'

/** For runs that have said nothing; of others {@link createPace} finds out how many fit. */
const MOST_RUNS = 5_000

/**
 * Ends the content of the runs below each root that has many of them, before the whole tree is purged. The run at the top is not marked:
 * interrupted, the tree is still one to purge, and what is done is found done.
 *
 * @param signal - Leaves the rest for the next time.
 * @returns Whether nothing is left that would take long. Otherwise it was told to stop.
 */
export async function purgeBelow(
  { read, erase }: Pick<Connection, 'read' | 'erase'>,
  roots: readonly RunTable[],
  purging: Purging,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const root of await read(() => largeAmong(roots))) {
    const keys = await read(() => keysBelow(root))
    const pace = createPace(MOST_RUNS)
    for (const some of pacedBatches(keys, pace)) {
      const purged = await timed(pace, some.length, () => erase(() => purgeSome(root, some, purging)))
      // It goes on: who purges the tree finds that, too.
      if (!purged) break
      if (signal?.aborted) return false
      await sleep(PAUSE_MS)
    }
  }
  return true
}

/** A sealed one ends with its key, however large. */
function* largeAmong(roots: readonly RunTable[]): Work<RunTable[]> {
  const plain = roots.filter(root => root.seal_key === null)
  if (plain.length === 0) return []
  const scopes = plain.map(root => root.scope_id)
  const large = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .select('scope_id')
      .where('scope_id', 'in', scopes)
      .groupBy('scope_id')
      .having(({ fn }) => fn.countAll(), '>', FEW),
  )
  return plain.filter(root => large.some(({ scope_id }) => scope_id === root.scope_id))
}

function* keysBelow(root: RunTable): Work<string[]> {
  const runs = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .select('run_key')
      .where(inTreeOf(root))
      .where('run_key', '<>', root.run_key)
      .where('purged_at_ms', 'is', null)
      .orderBy('run_key', 'desc'),
  )
  return runs.map(({ run_key }) => run_key)
}
