import type { RunTable } from '../schema.ts'
import { one, type Statement, type Work } from '../work.ts'

const byKey: Statement<{ id: string }, RunTable> = ({ id }, { queries }) =>
  queries.selectFrom('runs').selectAll().where('run_key', '=', id)

const latestById: Statement<{ id: string }, RunTable> = ({ id }, { queries }) =>
  queries
    .selectFrom('runs')
    .selectAll()
    .where('run_id', '=', id)
    .orderBy('started_at_ms', 'desc')
    .orderBy('run_key', 'desc')
    .limit(1)

/**
 * The run that a person means by an id. A workflow id may be used again after its run has ended: the id alone names the latest
 * run, whosever namespace it is of; a run's key names exactly one, also where another run has that key as its id.
 */
export function* latestRun(id: string): Work<RunTable | undefined> {
  return (yield* one(byKey, { id })) ?? (yield* one(latestById, { id }))
}
