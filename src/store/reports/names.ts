import { sql } from 'kysely'
import { ask, type Dialect, type Work } from '../work.ts'

/** What lists can be asked for by a name that nobody had to declare. */
export type NameKind = 'class' | 'model' | 'provider' | 'workspace'

const COLUMNS = {
  class: ['calls', 'task_class'],
  model: ['attempts', 'model'],
  provider: ['attempts', 'provider'],
  workspace: ['runs', 'workspace'],
} as const satisfies Readonly<Record<NameKind, readonly [table: string, column: string]>>

/** Rows that are looked through: to tell the names of a million rows apart takes seconds. */
const NEWEST = 20_000

/** The names of the newest rows, in their order, and the one that is sought wherever it is. */
export function* namesOf(kind: NameKind, sought: string): Work<readonly string[]> {
  const names = (yield* ask(dialect => newestNames(dialect, kind))).map(({ name }) => name)
  if (names.length === 0 || names.includes(sought)) return names
  const [table, column] = COLUMNS[kind]
  const [found] = yield* ask(({ queries }) =>
    queries.selectFrom(table).select(sql.ref<string>(column).as('name')).where(sql.ref(column), '=', sought).limit(1),
  )
  return found ? [...names, sought].sort() : names
}

function newestNames({ queries }: Dialect, kind: NameKind) {
  const [table, column] = COLUMNS[kind]
  const newest = queries
    .selectFrom(table)
    .select(sql.ref<string>(column).as('name'))
    .orderBy('started_at_ms', 'desc')
    .limit(NEWEST)
  return queries.selectFrom(newest.as('newest')).select('name').distinct().orderBy('name')
}
