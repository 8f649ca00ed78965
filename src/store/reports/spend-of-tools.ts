/**
 * What calls of tools were charged in a time.
 *
 * @module
 */
import { sql } from 'kysely'
import { type PricedCalls, picoOf } from '../tools/priced.ts'
import { ask, type Statement, type Work } from '../work.ts'
import { hasLabel } from './filter.ts'
import { columnsFor, type KeyColumns, type SpendQuery, topRun } from './spend-keys.ts'
import { newSums, type Slice, type Spent, type Sums } from './spend-sums.ts'

/** When the call began that comes so many calls later. */
export const toolsBehind: Statement<Slice, { at_ms: number }> = ({ fromMs, untilMs, offset }, { queries }) =>
  queries
    .selectFrom('tool_records')
    .select('began_at_ms as at_ms')
    .where('price_pico', 'is not', null)
    .where('began_at_ms', '>=', fromMs)
    .where('began_at_ms', '<', untilMs)
    .orderBy('began_at_ms')
    .offset(offset)
    .limit(1)

/** What tools are called in reports whose run is sealed. No tool has such a name. */
const SEALED_TOOL = '(sealed)'

/** The name of a tool as reports of many runs have it. */
export const toolName = sql<string>`case when seal_key is null then tool_name else ${sql.lit(SEALED_TOOL)} end`

export function* sumsOfTools({ by, fromMs, untilMs, label }: SpendQuery): Work<Spent[]> {
  const columns = columnsFor(by, ['workspace', 'labels'])
  const isByTool = by.includes('tool')
  const rows: (KeyColumns & PricedCalls)[] = yield* ask(({ queries }) =>
    queries
      .selectFrom('tool_records')
      .innerJoin('runs', 'runs.run_key', 'tool_records.run_key')
      .select(columns)
      .$if(isByTool, query => query.select(toolName.as('tool_name')).groupBy(toolName))
      .$if(by.includes('run'), query => query.select(topRun('runs.scope_id')).groupBy('runs.scope_id'))
      .select(['price_pico', ({ fn }) => fn.countAll<number>().as('count')])
      .where('price_pico', 'is not', null)
      .where('began_at_ms', '>=', fromMs)
      .where('began_at_ms', '<', untilMs)
      .$if(label !== undefined, query => query.where(hasLabel(label!)))
      .groupBy([...columns, 'price_pico']),
  )
  return rows.map(row => ({ of: row, sums: sumsOf(row) }))
}

function sumsOf(calls: PricedCalls): Sums {
  const pico = picoOf(calls)
  return { ...newSums(), lowPico: pico, highPico: pico, exactPico: pico, pricedToolCalls: calls.count }
}
