import type { RunTable } from '../schema.ts'
import { all, one, type Statement, together, type Work } from '../work.ts'

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
  const [named, latest] = yield* together(one(byKey, { id }), one(latestById, { id }))
  return named ?? latest
}

/** The latest run of an id in one namespace. */
export interface Namesake {
  readonly key: string
  /** Absent: nobody has said. */
  readonly namespaceId?: string
  readonly startedAtMs: number
}

type Row = Pick<RunTable, 'run_key' | 'namespace_id' | 'started_at_ms'>

const rowsOf: Statement<{ id: string }, Row> = ({ id }, { queries }) =>
  queries
    .selectFrom('runs')
    .select(['run_key', 'namespace_id', 'started_at_ms'])
    .where('run_id', '=', id)
    .orderBy('started_at_ms', 'desc')
    .orderBy('run_key', 'desc')

/** Of each namespace that has a run of this id the latest, newest first: a store may be shared by several. */
export function* namesakes(id: string): Work<Namesake[]> {
  const latest = new Map<string | null, Row>()
  for (const row of yield* all(rowsOf, { id })) if (!latest.has(row.namespace_id)) latest.set(row.namespace_id, row)
  return [...latest.values()].map(({ run_key, namespace_id, started_at_ms }) => ({
    key: run_key,
    ...(namespace_id !== null && { namespaceId: namespace_id }),
    startedAtMs: started_at_ms,
  }))
}
