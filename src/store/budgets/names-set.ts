import { ask, type Work } from '../work.ts'

/** Budgets of which people have set a limit, by how their names begin, those set last first. */
export function* namesSet(beginning: string, most: number): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('budget_limits')
      .select('budget')
      .where(beginsWithAny('budget', [beginning]))
      .orderBy('set_at_ms', 'desc')
      .orderBy('budget')
      .limit(most),
  )
  return rows.map(({ budget }) => budget)
}
