import { type RawBuilder, sql } from 'kysely'
import type { Labels } from '../../core/protocol.ts'
import { ask, type Dialect, one, type Statement, type Work } from '../work.ts'
import type { CostSum } from './cost-report.ts'
import { hasLabel } from './filter.ts'
import { wholeMs } from './whole-ms.ts'

/** What spendings are told apart by. */
export type SpendKey = 'workspace' | 'class' | 'provider' | 'model' | `label:${string}`

export interface SpendQuery {
  readonly by: readonly SpendKey[]
  /** Attempts that left from then on … */
  readonly fromMs: number
  /** … and before then. */
  readonly untilMs: number
  /** Only attempts with this label. */
  readonly label?: { readonly key: string; readonly value: string } | undefined
}

/** Spendings of all runs together, those of open attempts at their bounds. */
export interface SpendSum extends CostSum {
  /** Attempts that ended with a fault. */
  readonly failed: number
  /** As far as vendors have told them. */
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface SpendRow extends SpendSum {
  /** One for each key of the query, in its order; `null` where an attempt has no such label. */
  readonly keys: readonly (string | null)[]
}

export interface SpendReport {
  /** Dearest first. */
  readonly rows: readonly SpendRow[]
  readonly total: SpendSum
}

/** Sums to the pico-dollar over every attempt of a time. The database adds up: reading attempts one by one takes several times as long. */
export function* spendReport({ by, fromMs, untilMs, label }: SpendQuery): Work<SpendReport> {
  const groups = new Map<string, Group>()
  const total = newSums()
  const end = wholeMs(untilMs)
  for (let from: number | undefined = wholeMs(fromMs); from !== undefined; ) {
    const next: number | undefined = yield* nextSlice(from, end)
    for (const row of yield* sumsOfSlice({ by, fromMs: from, untilMs: next ?? end, label })) {
      const keys = by.map(key => partOf(row, key))
      const id = JSON.stringify(keys)
      const group = groups.get(id) ?? { keys, sums: newSums() }
      groups.set(id, group)
      const sums = sumsOf(row)
      addSums(group.sums, sums)
      addSums(total, sums)
    }
    from = next
  }
  const rows = [...groups].sort(dearestFirst).map(([, { keys, sums }]) => ({ keys, ...sumOf(sums) }))
  return { rows, total: sumOf(total) }
}

/** Attempts that one statement adds up. A year of them would hold up a process that has SQLite in it, and take PostgreSQL too long. */
const SLICE = 20_000

type Slice = { fromMs: number; untilMs: number }

const startBehindSlice: Statement<Slice, { started_at_ms: number }> = ({ fromMs, untilMs }, { queries }) =>
  queries
    .selectFrom('attempts')
    .select('started_at_ms')
    .where('started_at_ms', '>=', fromMs)
    .where('started_at_ms', '<', untilMs)
    .orderBy('started_at_ms')
    .offset(SLICE)
    .limit(1)

/** Where the next slice begins; `undefined` if this is the last one. All attempts of one millisecond are in one. */
function* nextSlice(fromMs: number, untilMs: number): Work<number | undefined> {
  const behind = yield* one(startBehindSlice, { fromMs, untilMs })
  return behind && Math.max(behind.started_at_ms, fromMs + 1)
}

function* sumsOfSlice({ by, fromMs, untilMs, label }: SpendQuery): Work<SumRow[]> {
  const columns = [...new Set(by.map(columnOf))]
  const rows: SumRow[] = yield* ask(dialect =>
    dialect.queries
      .selectFrom('attempts')
      .select(columns)
      .select(sumsIn(dialect))
      .where('started_at_ms', '>=', fromMs)
      .where('started_at_ms', '<', untilMs)
      .$if(label !== undefined, query => query.where(hasLabel(label!)))
      .$if(columns.length > 0, query => query.groupBy(columns)),
  )
  // Without a column to group by there is a row even where there is no attempt.
  return rows.filter(({ attempts }) => attempts > 0)
}

type KeyColumn = 'workspace' | 'task_class' | 'provider' | 'model' | 'labels'

/** Labels are one text, whichever of them is asked for: rows that differ in others alone are put together here. */
function columnOf(key: SpendKey): KeyColumn {
  if (key === 'class') return 'task_class'
  return key === 'workspace' || key === 'provider' || key === 'model' ? key : 'labels'
}

function partOf(row: SumRow, key: SpendKey): string | null {
  const column = columnOf(key)
  const part = row[column]!
  if (column !== 'labels') return part
  const labels = JSON.parse(part) as Labels
  const name = key.slice('label:'.length)
  return Object.hasOwn(labels, name) ? labels[name]! : null
}

/** Money is added up in two parts, millions and the rest: of billions of dollars, neither is too large for any of the three. */
const MILLION = 1_000_000

const MONEYS = ['low', 'high', 'exact'] as const

type Money = (typeof MONEYS)[number]

type SumName = `${Money}_${'millions' | 'rest'}` | 'failed' | 'unpriced' | 'input_tokens' | 'output_tokens'

/** As each database gives sums: as numbers, or as texts. Null where there was nothing to add up. */
type Added = number | string | null

type SumRow = { readonly [name in SumName]: Added } & { readonly attempts: number } & Readonly<
    Partial<Record<KeyColumn, string>>
  >

function sumsIn({ numberIn }: Dialect) {
  const isKnown = sql`(cost_low_pico is not null and cost_high_pico is not null)`
  // As `isExactCost` has it: a test of every store holds both to the same.
  const isExact = sql`(cost_low_pico = cost_high_pico and unpriced = 0)`
  const picoOf: Readonly<Record<Money, RawBuilder<unknown>>> = {
    low: sql`case when ${isKnown} then cast(cost_low_pico as bigint) end`,
    high: sql`case when ${isKnown} then cast(cost_high_pico as bigint) end`,
    exact: sql`case when ${isExact} then cast(cost_low_pico as bigint) end`,
  }
  const sum = <Name extends SumName>(name: Name, of: RawBuilder<unknown>) => sql<Added>`sum(${of})`.as(name)
  const sumsOfMoney = <Name extends Money>(money: Name) => [
    sum(`${money}_millions`, sql`(${picoOf[money]}) / ${sql.lit(MILLION)}`),
    sum(`${money}_rest`, sql`(${picoOf[money]}) % ${sql.lit(MILLION)}`),
  ]
  return [
    ...MONEYS.flatMap(money => sumsOfMoney(money)),
    sql<number>`count(*)`.as('attempts'),
    sum('failed', sql`case when outcome = 'fault' then 1 else 0 end`),
    sum('unpriced', sql`case when ${isKnown} then unpriced else 1 end`),
    sum('input_tokens', numberIn('usage', 'inputTokens')),
    sum('output_tokens', numberIn('usage', 'outputTokens')),
  ]
}

interface Group {
  readonly keys: SpendRow['keys']
  readonly sums: Sums
}

type Sums = ReturnType<typeof newSums>

function newSums() {
  return {
    lowPico: 0n,
    highPico: 0n,
    exactPico: 0n,
    unpriced: 0,
    attempts: 0,
    failed: 0,
    inputTokens: 0,
    outputTokens: 0,
  }
}

function sumsOf(row: SumRow): Sums {
  return {
    lowPico: picoIn(row, 'low'),
    highPico: picoIn(row, 'high'),
    exactPico: picoIn(row, 'exact'),
    unpriced: Number(row.unpriced),
    attempts: row.attempts,
    failed: Number(row.failed),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
  }
}

function picoIn(row: SumRow, money: Money): bigint {
  return BigInt(row[`${money}_millions`] ?? 0) * BigInt(MILLION) + BigInt(row[`${money}_rest`] ?? 0)
}

function addSums(sums: Sums, more: Readonly<Sums>): void {
  sums.lowPico += more.lowPico
  sums.highPico += more.highPico
  sums.exactPico += more.exactPico
  sums.unpriced += more.unpriced
  sums.attempts += more.attempts
  sums.failed += more.failed
  sums.inputTokens += more.inputTokens
  sums.outputTokens += more.outputTokens
}

function sumOf({ lowPico, highPico, exactPico, ...counts }: Sums): SpendSum {
  return { lowPico: `${lowPico}`, highPico: `${highPico}`, exactPico: `${exactPico}`, ...counts }
}

function dearestFirst([id, { sums }]: readonly [string, Group], [otherId, other]: readonly [string, Group]): number {
  if (sums.highPico !== other.sums.highPico) return sums.highPico < other.sums.highPico ? 1 : -1
  return id < otherId ? -1 : 1
}
