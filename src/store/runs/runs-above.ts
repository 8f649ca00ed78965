import type { RunTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'

/**
 * The keys of the runs from the top of the tree down to this one, which is not among them. A child's key is its parent's with one name
 * more. Where a name has a slash in it, there is no run of some of them.
 */
export function keysAbove({ run_key, scope_id }: Pick<RunTable, 'run_key' | 'scope_id'>): string[] {
  const names = run_key.slice(scope_id.length).split('/').slice(1)
  return names.map((_, count) => [scope_id, ...names.slice(0, count)].join('/'))
}

/** From the top down. */
export function* runsAbove(run: Pick<RunTable, 'run_key' | 'scope_id'>): Work<RunTable[]> {
  const keys = keysAbove(run)
  if (keys.length === 0) return []
  // A key is the beginning of those below it.
  return yield* ask(({ queries }) =>
    queries.selectFrom('runs').selectAll().where('run_key', 'in', keys).orderBy('run_key'),
  )
}
