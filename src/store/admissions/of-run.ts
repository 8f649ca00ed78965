import { type SqlBool, sql } from 'kysely'

/** A call's id begins with the key of its run and a slash, and the id of a permit with its call's. */
export function isOfRun(column: 'call_id' | 'permit_id', runKey: string) {
  const beginning = `${runKey}/`
  return sql<SqlBool>`substr(${sql.ref(column)}, 1, ${sql.lit([...beginning].length)}) = ${beginning}`
}
