/**
 * Numbers inside of columns that hold JSON objects.
 *
 * @module
 */
import { type RawBuilder, sql } from 'kysely'

/** The number under a key; null where the object has none. */
export type NumberIn = (column: string, key: string) => RawBuilder<number | null>

export const inSqlite: NumberIn = (column, key) => sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${key}`)})`

export const inPostgres: NumberIn = (column, key) => sql`(${sql.ref(column)}::json ->> ${sql.lit(key)})::numeric`
