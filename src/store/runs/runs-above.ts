import type { RunTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'

/** The runs between the top of the tree and this one, which is not among them. A child's key is its parent's with one name more. */
export function* runsAbove({ run_key, scope_id }: RunTable): Work<RunTable[]> {
  const names = run_key.slice(scope_id.length).split('/').slice(1)
  const keys = names.map((_, count) => [scope_id, ...names.slice(0, count)].join('/'))
  if (keys.length === 0) return []
  return yield* ask(({ queries }) => queries.selectFrom('runs').selectAll().where('run_key', 'in', keys))
}
