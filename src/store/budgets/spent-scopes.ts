import { sql } from 'kysely'
import { ask, type Work } from '../work.ts'

/** Money is a decimal text without leading zeros: of two the longer one is more. */
export function* spentScopes(beginning: string, by: 'money' | 'tokens', most: number): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('scopes')
      .select('scope_id')
      .where(beginsWithAny('scope_id', [beginning]))
      .$if(by === 'tokens', query => query.orderBy('spent_tokens', 'desc'))
      .orderBy(sql`length(spent_pico)`, 'desc')
      .orderBy('spent_pico', 'desc')
      .orderBy('scope_id')
      .limit(most),
  )
  return rows.map(({ scope_id }) => scope_id)
}
