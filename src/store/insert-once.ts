import { sql } from 'kysely'
import type { Tables } from './schema.ts'
import type { Statement } from './work.ts'

/** Writes a row, unless one with its key is there. */
export function insertOnce<Name extends keyof Tables>(table: Name): Statement<Tables[Name], unknown> {
  return (row, { queries }) =>
    queries
      .insertInto(table)
      .values(row as never)
      .onConflict(conflict => conflict.doNothing())
}

/** The same where it matters whether it was written: it has a row then. */
export function insertNew<Name extends keyof Tables>(table: Name): Statement<Tables[Name], { is_new: 1 }> {
  return (row, { queries }) =>
    queries
      .insertInto(table)
      .values(row as never)
      .onConflict(conflict => conflict.doNothing())
      .returning(sql.lit(1 as const).as('is_new'))
}
