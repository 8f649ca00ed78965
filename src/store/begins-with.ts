/**
 * Whether a column's text begins with one of some texts, as ranges in the order of bytes, which an index in that order serves.
 *
 * @module
 */
import { type RawBuilder, sql } from 'kysely'

/** Of several texts, none of them empty. */
export type BeginsWithAny = (column: string, beginnings: readonly string[]) => RawBuilder<boolean>

/** A column whose texts are compared and ordered by their bytes. */
export type ByBytes = (column: string) => RawBuilder<string>

/** For a database that orders texts so anyway. */
export const asItIs: ByBytes = column => sql.ref(column)

/** For one that orders them by a language. */
export const collated: ByBytes = column => sql`${sql.ref(column)} collate "C"`

export function inRanges(byBytes: ByBytes): BeginsWithAny {
  return (column, beginnings) => oneOf(byBytes(column), beginnings)
}

function oneOf(text: RawBuilder<unknown>, beginnings: readonly string[]): RawBuilder<boolean> {
  const ranges = beginnings.map(from => sql<boolean>`(${text} >= ${from} and ${text} < ${behind(from)})`)
  return sql<boolean>`(${sql.join(ranges, sql` or `)})`
}

/** The first text behind all that begin so: its last character is the next one. */
function behind(beginning: string): string {
  const characters = [...beginning]
  const last = characters.pop()!.codePointAt(0)!
  return characters.join('') + String.fromCodePoint(last + 1)
}
