import { sql } from 'kysely'
import { ask, type Work } from '../work.ts'

/** What lists can be asked for by a name that nobody had to declare. */
export type NameKind = 'class' | 'model' | 'provider' | 'workspace'

const COLUMNS = {
  class: ['calls', 'task_class'],
  model: ['attempts', 'model'],
  provider: ['attempts', 'provider'],
  workspace: ['runs', 'workspace'],
} as const satisfies Readonly<Record<NameKind, readonly [table: string, column: string]>>

export function* namesOf(kind: NameKind): Work<readonly string[]> {
  const [table, column] = COLUMNS[kind]
  const rows = yield* ask(({ queries }) =>
    queries.selectFrom(table).select(sql.ref<string>(column).as('name')).distinct().orderBy('name'),
  )
  return rows.map(({ name }) => name)
}
