import type { RunSeen } from '../../core/ports.ts'
import type { RunTable } from '../schema.ts'
import { one, type Statement, type Work } from '../work.ts'

/** What of a run's row tells that somebody has come to it. */
export type SeenRow = Pick<RunTable, 'run_key' | 'run_id' | 'latest_part' | 'namespace_id'>

export const SEEN = ['run_key', 'run_id', 'latest_part', 'namespace_id'] as const

const byKey: Statement<{ runKey: string }, SeenRow> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select(SEEN).where('run_key', '=', runKey)

export function seenOf({ run_id, run_key, latest_part, namespace_id }: SeenRow): RunSeen {
  return {
    id: run_id,
    key: run_key,
    ...(latest_part !== null && { latestPart: latest_part }),
    ...(namespace_id !== null && { namespaceId: namespace_id }),
  }
}

export function* findSeen(runKey: string): Work<RunSeen | undefined> {
  const row = yield* one(byKey, { runKey })
  return row && seenOf(row)
}
