/**
 * What attempts have cost in a time.
 *
 * @module
 */
import { type RawBuilder, sql } from 'kysely'
import { ask, type Dialect, type Statement, type Work } from '../work.ts'
import { hasLabel } from './filter.ts'
import { columnsFor, type KeyColumns, type SpendQuery, topRun } from './spend-keys.ts'
import type { Slice, Spent, Sums } from './spend-sums.ts'

/** When the attempt left that comes so many attempts later. */
export const attemptsBehind: Statement<Slice, { at_ms: number }> = ({ fromMs, untilMs, offset }, { queries }) =>
  queries
    .selectFrom('attempts')
    .select('started_at_ms as at_ms')
    .where('started_at_ms', '>=', fromMs)
    .where('started_at_ms', '<', untilMs)
    .orderBy('started_at_ms')
    .offset(offset)
    .limit(1)

export function* sumsOfAttempts({ by, fromMs, untilMs, label }: SpendQuery): Work<Spent[]> {
  const columns = columnsFor(by, ['workspace', 'task_class', 'provider', 'model', 'labels'])
  const rows: SumRow[] = yield* ask(dialect =>
    dialect.queries
      .selectFrom('attempts')
      .select(columns)
      .select(sumsIn(dialect))
      .$if(by.includes('run'), query => query.select(topRun('attempts.scope_id')).groupBy('attempts.scope_id'))
      .where('started_at_ms', '>=', fromMs)
      .where('started_at_ms', '<', untilMs)
      .$if(label !== undefined, query => query.where(hasLabel(label!)))
      .$if(columns.length > 0, query => query.groupBy(columns)),
  )
  // Without a column to group by there is a row even where there is no attempt.
  return rows.filter(({ attempts }) => attempts > 0).map(row => ({ of: row, sums: sumsOf(row) }))
}

/** Money is added up in two parts, millions and the rest: of billions of dollars, neither is too large for any of the three. */
const MILLION = 1_000_000

const MONEYS = ['low', 'high', 'exact'] as const

type Money = (typeof MONEYS)[number]

type SumName = `${Money}_${'millions' | 'rest'}` | 'failed' | 'unpriced' | 'input_tokens' | 'output_tokens'

/** As each database gives sums: as numbers, or as texts. Null where there was nothing to add up. */
type Added = number | string | null

type SumRow = { readonly [name in SumName]: Added } & { readonly attempts: number } & KeyColumns

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

function sumsOf(row: SumRow): Sums {
  return {
    lowPico: picoIn(row, 'low'),
    highPico: picoIn(row, 'high'),
    exactPico: picoIn(row, 'exact'),
    unpriced: Number(row.unpriced),
    attempts: row.attempts,
    pricedToolCalls: 0,
    failed: Number(row.failed),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
  }
}

function picoIn(row: SumRow, money: Money): bigint {
  return BigInt(row[`${money}_millions`] ?? 0) * BigInt(MILLION) + BigInt(row[`${money}_rest`] ?? 0)
}
