import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** A place in a list that is ordered by its entries' starts, and among equal ones by their ids. */
interface Place {
  readonly startedAtMs: number
  /** The column of the ids, and the id there. */
  readonly by: 'run_key' | 'call_id'
  readonly id: string
}

/** What lies further back in time. The first condition lets PostgreSQL enter the index of starts there: without it, each page goes through all pages before. */
export function furtherBack({ startedAtMs, by, id }: Place): RawBuilder<SqlBool> {
  const at = sql.ref('started_at_ms')
  return sql`(${at} <= ${startedAtMs} and (${at} < ${startedAtMs} or ${sql.ref(by)} < ${id}))`
}
