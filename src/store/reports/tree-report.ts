import { latestRun } from '../runs/latest-run.ts'
import { keysAbove } from '../runs/runs-above.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { RunTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'

/** A run among those below another, and how far its events go. */
export interface RunOfTree {
  readonly id: string
  readonly key: string
  /** The id of the run right above it; absent of the one at the top. */
  readonly parent?: string
  readonly lastOffset: number
  readonly hasEnded: boolean
}

type Row = Pick<RunTable, 'run_key' | 'run_id' | 'scope_id' | 'next_offset' | 'ended_at_ms'>

/** The run and those below it, as they are at one time. */
export function* treeOf(id: string): Work<RunOfTree[]> {
  const top = yield* latestRun(id)
  if (!top) return []
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .select(['run_key', 'run_id', 'scope_id', 'next_offset', 'ended_at_ms'])
      .where(inTreeOf(top))
      .orderBy('started_at_ms')
      .orderBy('run_key'),
  )
  const ids = new Map(rows.map(({ run_key, run_id }) => [run_key, run_id]))
  return rows.map(row => runOf(row, ids))
}

function runOf(row: Row, ids: ReadonlyMap<string, string>): RunOfTree {
  const above = keysAbove(row).findLast(key => ids.has(key))
  return {
    id: row.run_id,
    key: row.run_key,
    ...(above !== undefined && { parent: ids.get(above)! }),
    lastOffset: row.next_offset - 1,
    hasEnded: row.ended_at_ms !== null,
  }
}
