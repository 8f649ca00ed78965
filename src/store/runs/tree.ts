import { sql } from 'kysely'
import type { RunTable } from '../schema.ts'

/**
 * A run and the runs below it, of the table of runs: other tables have no index by which a tree is found. Children share the scope of
 * the run at the top, and their ids begin with their parent's id and a slash; the scope keeps out a run of another tree that has such
 * an id by chance.
 */
export function inTreeOf({ run_key, run_id, scope_id }: Pick<RunTable, 'run_key' | 'run_id' | 'scope_id'>) {
  const below = `${run_id}/`
  const beginning = sql<string>`substr(${sql.ref('run_id')}, 1, ${sql.lit([...below].length)})`
  return sql<boolean>`(${sql.ref('scope_id')} = ${scope_id} and (${sql.ref('run_key')} = ${run_key} or ${beginning} = ${below}))`
}
