import type { RunSeen } from '../../core/ports.ts'
import type { RunTable } from '../schema.ts'
import { one, type Statement, type Work } from '../work.ts'

/** What a look at a run reads. */
export type Standing = Pick<RunTable, 'run_key' | 'run_id' | 'latest_part'>

export const STANDING = ['run_key', 'run_id', 'latest_part'] as const

const byKey: Statement<{ runKey: string }, Standing> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select(STANDING).where('run_key', '=', runKey)

export function seenOf({ run_id, run_key, latest_part }: Standing): RunSeen {
  return { id: run_id, key: run_key, ...(latest_part !== null && { latestPart: latest_part }) }
}

export function* findSeen(runKey: string): Work<RunSeen | undefined> {
  const row = yield* one(byKey, { runKey })
  return row && seenOf(row)
}
