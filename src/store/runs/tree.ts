import { sql } from 'kysely'
import type { RunTable } from '../schema.ts'

/**
 * The rows of a run and of the runs below it. Children share the scope of the run at the top, and their ids begin with their
 * parent's id and a slash; the scope keeps out a run of another tree that has such an id by chance.
 */
export function inTreeOf({ run_key, run_id, scope_id }: Pick<RunTable, 'run_key' | 'run_id' | 'scope_id'>) {
  const below = `${run_id}/`
  const beginning = sql<string>`substr(${sql.ref('run_id')}, 1, ${sql.lit([...below].length)})`
  return sql<boolean>`(${sql.ref('run_key')} = ${run_key} or (${sql.ref('scope_id')} = ${scope_id} and ${beginning} = ${below}))`
}
