import type { RunTable } from '../schema.ts'
import { StoreProblem } from '../store-problem.ts'
import { one, type Statement, type Work } from '../work.ts'

/** What those who write need of a run; its labels, budget and policy are not read for every call. */
const NEEDED = [
  'run_key',
  'run_id',
  'workspace',
  'scope_id',
  'ended_at_ms',
  'outcome',
  'ended_part',
  'latest_part',
  'begun_anew_at_ms',
  'seal_key',
  'purged_at_ms',
] as const satisfies (keyof RunTable)[]

export type LockedRun = Pick<RunTable, (typeof NEEDED)[number]>

const lockedRun: Statement<{ runKey: string }, LockedRun> = ({ runKey }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('runs').select(NEEDED).where('run_key', '=', runKey))

/**
 * Locks the run: everything that a run writes passes here first, so that its calls, events and money change one after the other.
 */
export function* lockRun(runKey: string, runId: string): Work<LockedRun> {
  const run = yield* one(lockedRun, { runKey })
  if (run) return run
  throw new StoreProblem(
    'unknown-run',
    `The run ${runId} is not in this store. Point DATABASE_URL at the store with which the run began, ` +
      'or terminate the run and start it again.',
  )
}

/** The run, locked, or `undefined` when it was never opened. */
export function* lockRunIfOpened(runKey: string): Work<LockedRun | undefined> {
  return yield* one(lockedRun, { runKey })
}
