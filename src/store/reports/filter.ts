import { sql } from 'kysely'
import { latestRun } from '../runs/latest-run.ts'
import type { AttemptTable } from '../schema.ts'
import { ask, type Dialect, type Work } from '../work.ts'

/** Which calls and attempts a report is about. Absent fields ask for nothing; together they must all hold. */
export interface LedgerFilter {
  /** A run's id (the latest run of that id) or its key. */
  readonly run?: string
  readonly taskClass?: string
  /** `author/name`. */
  readonly model?: string
  readonly fault?: string
  readonly label?: { readonly key: string; readonly value: string }
  readonly sinceMs?: number
  /** The newest so many. @defaultValue 100 */
  readonly limit?: number
}

const DEFAULT_LIMIT = 100

/** The attempts that a filter names, oldest first. */
export function* filteredAttempts(filter: LedgerFilter): Work<AttemptTable[]> {
  const runKey = yield* runKeyOf(filter)
  if (runKey === null) return []
  const rows = yield* ask(dialect =>
    matching(dialect, filter, runKey)
      .selectAll()
      .orderBy('started_at_ms', 'desc')
      .orderBy('attempt', 'desc')
      .orderBy('attempt_id', 'desc')
      .limit(filter.limit ?? DEFAULT_LIMIT),
  )
  return rows.reverse()
}

/** The calls with an attempt that a filter names, as pairs of id and first start, oldest first. */
export function* filteredCallIds(filter: LedgerFilter): Work<string[]> {
  const runKey = yield* runKeyOf(filter)
  if (runKey === null) return []
  const rows = yield* ask(dialect =>
    matching(dialect, filter, runKey)
      .select(['call_id', columns => columns.fn.min('started_at_ms').as('first_ms')])
      .groupBy('call_id')
      .orderBy('first_ms', 'desc')
      .orderBy('call_id', 'desc')
      .limit(filter.limit ?? DEFAULT_LIMIT),
  )
  return rows.reverse().map(row => row.call_id)
}

/** `undefined`: of any run; `null`: of a run that does not exist. */
function* runKeyOf({ run }: LedgerFilter): Work<string | undefined | null> {
  if (run === undefined) return undefined
  return (yield* latestRun(run))?.run_key ?? null
}

function matching({ queries }: Dialect, filter: LedgerFilter, runKey: string | undefined) {
  const { taskClass, model, fault, label, sinceMs } = filter
  return queries
    .selectFrom('attempts')
    .$if(runKey !== undefined, query => query.where('run_key', '=', runKey!))
    .$if(taskClass !== undefined, query => query.where('task_class', '=', taskClass!))
    .$if(model !== undefined, query => query.where('model', '=', model!))
    .$if(fault !== undefined, query => query.where('fault_kind', '=', fault!))
    .$if(sinceMs !== undefined, query => query.where('started_at_ms', '>=', sinceMs!))
    .$if(label !== undefined, query => query.where(hasLabel(label!)))
}

/**
 * Labels are one JSON object of strings, written by `JSON.stringify`: a quote inside a string is always escaped there, so
 * the pair's own text behind a brace or a comma is found in no other place. `replace` is what both databases have.
 */
function hasLabel({ key, value }: { key: string; value: string }) {
  const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`
  const labels = sql.ref<string>('labels')
  return sql<boolean>`(replace(${labels}, ${`{${pair}`}, '') <> ${labels} or replace(${labels}, ${`,${pair}`}, '') <> ${labels})`
}
