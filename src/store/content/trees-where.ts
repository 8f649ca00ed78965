import { sql } from 'kysely'
import { hasLabel, type LedgerFilter } from '../reports/filter.ts'
import { ask, type Work } from '../work.ts'

/** Runs of a label, of a workspace, or of both. One of them must be there. */
export interface RunsWhere {
  readonly label?: LedgerFilter['label']
  readonly workspace?: string
}

/** A tree with such runs whose content is still there. */
export interface TreeWhere {
  /** Of one of its runs. */
  readonly someKey: string
  readonly runs: number
  /** How many of them are such runs. */
  readonly matching: number
  /** A run of it that has not ended, by its id. */
  readonly open?: string
}

export function* treesWhere({ label, workspace }: RunsWhere): Work<TreeWhere[]> {
  const isOne = sql<boolean>`(${sql.join(
    [
      ...(label ? [hasLabel(label)] : []),
      ...(workspace === undefined ? [] : [sql`${sql.ref('workspace')} = ${workspace}`]),
    ],
    sql` and `,
  )})`
  const trees = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .select([
        sql<string>`min(run_key)`.as('some_key'),
        sql<number>`count(*)`.as('runs'),
        sql<number>`sum(case when ${isOne} then 1 else 0 end)`.as('matching'),
        sql<string | null>`min(case when ended_at_ms is null then run_id end)`.as('open'),
      ])
      .where(
        'scope_id',
        'in',
        queries.selectFrom('runs').select('scope_id').where(isOne).where('purged_at_ms', 'is', null),
      )
      .groupBy('scope_id')
      .orderBy('scope_id'),
  )
  return trees.map(({ some_key, runs, matching, open }) => ({
    someKey: some_key,
    runs: Number(runs),
    matching: Number(matching),
    ...(open !== null && { open }),
  }))
}
