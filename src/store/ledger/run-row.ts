import type { RunTable } from '../schema.ts'
import { StoreProblem } from '../store-problem.ts'
import { one, type Statement, type Work } from '../work.ts'

const lockedRun: Statement<{ runKey: string }, RunTable> = ({ runKey }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('runs').selectAll().where('run_key', '=', runKey))

/**
 * Locks the run: everything that a run writes passes here first, so that its calls, events and money change one after the other.
 */
export function* lockRun(runKey: string, runId: string): Work<RunTable> {
  const run = yield* one(lockedRun, { runKey })
  if (run) return run
  throw new StoreProblem(
    'unknown-run',
    `The run ${runId} is not in this store. Point DATABASE_URL at the store with which the run began, ` +
      'or terminate the run and start it again.',
  )
}

/** The run, locked, or `undefined` when it was never opened. */
export function* lockRunIfOpened(runKey: string): Work<RunTable | undefined> {
  return yield* one(lockedRun, { runKey })
}
