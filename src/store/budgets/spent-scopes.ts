import { sql } from 'kysely'
import { ask, type Work } from '../work.ts'

/** Scopes by how their ids begin, those that have spent most first. */
export function* spentScopes(beginning: string, by: 'money' | 'tokens', most: number): Work<string[]> {
  const rows = yield* ask(({ queries, beginsWithAny }) =>
    queries
      .selectFrom('scopes')
      .select('scope_id')
      .where(beginsWithAny('scope_id', [beginning]))
      // Money is a decimal text without leading zeros: of two the longer one is more.
      .$if(by === 'tokens', query => query.orderBy('spent_tokens', 'desc'))
      .orderBy(sql`length(spent_pico)`, 'desc')
      .orderBy('spent_pico', 'desc')
      .orderBy('scope_id')
      .limit(most),
  )
  return rows.map(({ scope_id }) => scope_id)
}
