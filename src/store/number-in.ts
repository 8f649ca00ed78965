/**
 * Numbers inside of columns that hold JSON objects of numbers.
 *
 * @module
 */
import { type RawBuilder, sql } from 'kysely'

/** The number under a key; null where the object has none. */
export type NumberIn = (column: string, key: string) => RawBuilder<number | null>

export const inSqlite: NumberIn = (column, key) => sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${key}`)})`

/**
 * By what lies between the key and the next comma: PostgreSQL takes four times as long to read the whole object. Right for what
 * `JSON.stringify` makes of an object of numbers alone.
 */
export const inPostgres: NumberIn = (column, key) => {
  const behindKey = sql`split_part(${sql.ref(column)}, ${sql.lit(`"${key}":`)}, 2)`
  return sql`nullif(rtrim(split_part(${behindKey}, ',', 1), '}'), '')::numeric`
}
