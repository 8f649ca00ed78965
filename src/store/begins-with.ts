/**
 * Whether a column's text begins with one of some texts, as each database finds it out.
 *
 * @module
 */
import { type RawBuilder, sql } from 'kysely'

/** Of several texts, none of them empty. */
export type BeginsWithAny = (column: string, beginnings: readonly string[]) => RawBuilder<boolean>

/** The last character that there is: in a database that orders texts by their bytes, all that begins so lies before it. */
const LAST = '\u{10ffff}'

/** As ranges, which the column's index serves: for a database that orders texts by their bytes. */
export const inRanges: BeginsWithAny = (column, beginnings) => {
  const text = sql.ref(column)
  return oneOf(beginnings.map(from => sql<boolean>`(${text} >= ${from} and ${text} < ${from + LAST})`))
}

/** By one look through the table, whatever order its texts have. */
export const byLength: BeginsWithAny = (column, beginnings) => {
  const lengths = new Map<number, string[]>()
  for (const beginning of beginnings) {
    const { length } = [...beginning]
    lengths.set(length, [...(lengths.get(length) ?? []), beginning])
  }
  return oneOf(
    [...lengths].map(
      ([length, its]) => sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(length)}) in (${sql.join(its)})`,
    ),
  )
}

function oneOf(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return sql<boolean>`(${sql.join(conditions, sql` or `)})`
}
