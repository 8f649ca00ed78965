import { type SqlBool, sql } from 'kysely'

/** The column of an id that begins with a run's key and a slash: its calls', its attempts', and those of runs below it. */
export function beginsWithRun(column: 'call_id' | 'permit_id', runKey: string) {
  const beginning = `${runKey}/`
  return sql<SqlBool>`substr(${sql.ref(column)}, 1, ${sql.lit([...beginning].length)}) = ${beginning}`
}

/** Whether such an id is the run's own: a step follows the key there, and a name where a run below it asked. */
export function isOwn(id: string, runKey: string): boolean {
  return /^\d+\//.test(id.slice(runKey.length + 1))
}
