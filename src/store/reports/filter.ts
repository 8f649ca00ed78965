import { type Expression, type ExpressionBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { definedOnly } from '../../core/defined-only.ts'
import type { WORKER_ENDS } from '../../core/faults/attempt-end.ts'
import { latestRun } from '../runs/latest-run.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { AttemptTable, CallTable, Tables } from '../schema.ts'
import { ask, type Dialect, type Work } from '../work.ts'
import { furtherBack } from './further-back.ts'
import { wholeMs } from './whole-ms.ts'

/** Which calls and attempts a report is about. Absent fields ask for nothing; together they must all hold. */
export interface LedgerFilter {
  /** A run's id (the latest run of that id) or its key. */
  readonly run?: string
  /** With `run`: those of the runs below it, too. @defaultValue false */
  readonly below?: boolean
  readonly taskClass?: string
  /** `author/name`. */
  readonly model?: string
  /** Those with an attempt there; with a model or a fault, one attempt has all of these. */
  readonly provider?: string
  /** A kind of fault, or one of `WORKER_ENDS`. */
  readonly fault?: string
  readonly label?: { readonly key: string; readonly value: string }
  /** Begun from then on … */
  readonly sinceMs?: number
  /** … and before then. */
  readonly untilMs?: number
  /** The newest so many. @defaultValue 100 */
  readonly limit?: number
}

export interface CallFilter extends LedgerFilter {
  /** Those that are listed before this one, further back in time: the first call of the last page. */
  readonly before?: PlaceOfCall | undefined
}

interface PlaceOfCall {
  readonly startedAtMs: number
  readonly callId: string
}

const DEFAULT_LIMIT = 100

/** The attempts that a filter names, oldest first. */
export function* filteredAttempts(filter: LedgerFilter): Work<AttemptTable[]> {
  const ofRun = yield* ofRunIn(filter)
  const rows = yield* ask(({ queries }) =>
    ofAttempt(restricted(queries.selectFrom('attempts').selectAll(), filter, ofRun), filter)
      .orderBy('started_at_ms', 'desc')
      .orderBy('attempt', 'desc')
      .orderBy('attempt_id', 'desc')
      .limit(filter.limit ?? DEFAULT_LIMIT),
  )
  return rows.reverse()
}

/** The calls that a filter names, oldest first. A model, a provider or a fault is looked for among a call's attempts. */
export function* filteredCalls(filter: CallFilter): Work<CallTable[]> {
  const ofRun = yield* ofRunIn(filter)
  return (yield* newestCalls(filter, ofRun)).reverse()
}

/** Calls that are looked through one by one. */
const LOOKED_THROUGH = 20_000

/**
 * Newest first. What many calls have, a look through the newest ones finds at once. To look so through a whole store takes seconds: what
 * few have is found quicker by looking at all calls, or at all attempts with the model or the fault, in whatever order is the quickest.
 */
function* newestCalls(filter: CallFilter, ofRun: OfRun | undefined): Work<CallTable[]> {
  const { label, model, provider, fault, limit = DEFAULT_LIMIT } = filter
  const isOfAttempt = [model, provider, fault].some(part => part !== undefined)
  const isLookedFor = isOfAttempt || label !== undefined
  const fromMs = isLookedFor ? yield* startOfNewest(filter, ofRun) : undefined
  const newest = yield* ask(({ queries }) =>
    callsOf(queries, { ...filter, ...definedOnly({ sinceMs: fromMs }) }, ofRun)
      .selectAll()
      .$if(isOfAttempt, query => query.where(hasAttempt(filter)))
      .orderBy('started_at_ms', 'desc')
      .orderBy('call_id', 'desc')
      .limit(limit),
  )
  if (fromMs === undefined || newest.length >= limit) return newest
  return yield* ask(({ queries }) =>
    callsOf(queries, filter, ofRun)
      .selectAll()
      .$if(isOfAttempt, query => query.where('call_id', 'in', callsOfAttempts(queries, filter)))
      // SQLite takes this for the order of its index. PostgreSQL does not, and would go through that call by call.
      .orderBy('started_at_ms', order => order.desc().nullsLast())
      .orderBy('call_id', 'desc')
      .limit(limit),
  )
}

/** When the first of those calls began that are looked through; `undefined` where that is all of them. */
function* startOfNewest({ sinceMs, untilMs, before }: CallFilter, ofRun: OfRun | undefined): Work<number | undefined> {
  const [first] = yield* ask(({ queries }) =>
    callsOf(queries, definedOnly({ sinceMs, untilMs, before }), ofRun)
      .select('started_at_ms')
      .orderBy('started_at_ms', 'desc')
      .offset(LOOKED_THROUGH)
      .limit(1),
  )
  return first?.started_at_ms
}

function callsOf(queries: Dialect['queries'], { before, ...filter }: CallFilter, ofRun: OfRun | undefined) {
  return restricted(queries.selectFrom('calls'), filter, ofRun).$if(before !== undefined, query =>
    query.where(furtherBack({ startedAtMs: before!.startedAtMs, by: 'call_id', id: before!.callId })),
  )
}

function hasAttempt(filter: LedgerFilter) {
  return ({ exists, selectFrom }: ExpressionBuilder<Tables, 'calls'>) =>
    exists(
      ofAttempt(selectFrom('attempts'), filter).select('attempt_id').whereRef('attempts.call_id', '=', 'calls.call_id'),
    )
}

function callsOfAttempts(queries: Dialect['queries'], filter: LedgerFilter) {
  return (
    ofAttempt(queries.selectFrom('attempts'), filter)
      .select('call_id')
      // All of them: with its first column named, SQLite reads the model in the index of starts, not in each row.
      .$if(filter.fault === undefined, query => query.where('started_at_ms', '>=', 0))
  )
}

/** Whether a row is one of the run's, or of the runs below it. */
type OfRun = Expression<SqlBool>

/** `undefined`: of any run. */
function* ofRunIn({ run, below }: LedgerFilter): Work<OfRun | undefined> {
  if (run === undefined) return undefined
  const found = yield* latestRun(run)
  if (!found) return sql<SqlBool>`1 = 0`
  const key = sql.ref('run_key')
  return below
    ? sql<SqlBool>`${key} in (select ${key} from ${sql.table('runs')} where ${inTreeOf(found)})`
    : sql<SqlBool>`${key} = ${found.run_key}`
}

/** What calls and attempts have in common. */
function restricted<Table extends 'calls' | 'attempts', Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  { taskClass, label, sinceMs, untilMs }: LedgerFilter,
  ofRun: OfRun | undefined,
) {
  return query
    .$if(ofRun !== undefined, part => part.where(ofRun!))
    .$if(taskClass !== undefined, part => part.where(sql.ref('task_class'), '=', taskClass!))
    .$if(sinceMs !== undefined, part => part.where(sql.ref('started_at_ms'), '>=', wholeMs(sinceMs!)))
    .$if(untilMs !== undefined, part => part.where(sql.ref('started_at_ms'), '<', wholeMs(untilMs!)))
    .$if(label !== undefined, part => part.where(hasLabel(label!)))
}

function ofAttempt<Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  { model, provider, fault }: LedgerFilter,
) {
  return query
    .$if(model !== undefined, part => part.where(sql.ref('model'), '=', model!))
    .$if(provider !== undefined, part => part.where(sql.ref('provider'), '=', provider!))
    .$if(fault !== undefined, part => part.where(endedIn(fault!)))
}

/** As `endedHandedOver` tells the two ends of workers apart. */
function endedIn(fault: string) {
  const [outcome, kind] = [sql.ref('outcome'), sql.ref('fault_kind')]
  const ends: Readonly<Record<string, Expression<SqlBool>>> = {
    'worker-lost': sql<SqlBool>`${outcome} = 'abandoned' and ${kind} is distinct from 'cancelled'`,
    // In these words, the index of faults finds them.
    'handed-over': sql<SqlBool>`${outcome} = 'abandoned' and ${kind} = 'cancelled'`,
  } satisfies Record<(typeof WORKER_ENDS)[number], unknown>
  return Object.hasOwn(ends, fault) ? ends[fault]! : sql<SqlBool>`${kind} = ${fault}`
}

/**
 * Labels are one JSON object of strings, written by `JSON.stringify`: a quote inside a string is always escaped there, so
 * the pair's own text behind a brace or a comma is found in no other place. `replace` is what both databases have. Most labels have not
 * even the pair, and are looked at once.
 */
export function hasLabel({ key, value }: NonNullable<LedgerFilter['label']>) {
  const pair = `${JSON.stringify(key)}:${JSON.stringify(value)}`
  const labels = sql.ref<string>('labels')
  const has = (text: string) => sql<boolean>`replace(${labels}, ${text}, '') <> ${labels}`
  return sql<boolean>`(${has(pair)} and (${has(`{${pair}`)} or ${has(`,${pair}`)}))`
}
