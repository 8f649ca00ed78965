/**
 * What tools were charged, against their own log: the price of each that ran, once, and no other.
 *
 * @module
 */
import { picoOfUsd } from '../../../../src/core/money/pico.ts'
import type { ChargeRow, Evidence } from '../evidence.ts'
import { PRICE_USD } from '../tool-results.ts'
import type { Problem } from './judge.ts'

/** One that was lost before it ran is charged all the same. */
export function judgeCharges({ rows, tools }: Evidence): readonly Problem[] {
  const charged = new Set(rows.charges.map(keyOf))
  const ids = new Map(rows.runs.map(({ run_key, run_id }) => [run_key, run_id]))
  const ran = tools.filter(({ step, tool }) => step === 'begin' && PRICE_USD[tool] !== undefined)
  return [
    ...ran
      .filter(({ key }) => !charged.has(key))
      .map(({ run, tool, at }) => problem(run, `${tool} at ${at} ran and was not charged`)),
    ...rows.charges
      .filter(({ tool_name, price_pico }) => price_pico !== priceOf(tool_name))
      .map(row => problem(ids.get(row.run_key)!, `${row.tool_name} was charged ${row.price_pico} pico-dollars`)),
  ]
}

const problem = (run: string, words: string): Problem => ({ kind: 'exactMismatch', run, words })

/** The key that the tool itself was given. */
function keyOf({ run_key, step, tool_call_id, question }: ChargeRow): string {
  return `${run_key}/${step}/${tool_call_id}/${question}`
}

function priceOf(tool: string): string | undefined {
  const usd = PRICE_USD[tool]
  return usd === undefined ? undefined : `${picoOfUsd(usd, tool)}`
}

/** What the runs were charged, in pico-dollars. */
export function chargedTo(runKeys: ReadonlySet<string>, { rows }: Pick<Evidence, 'rows'>): bigint {
  const own = rows.charges.filter(({ run_key }) => runKeys.has(run_key))
  return own.reduce((sum, { price_pico }) => sum + BigInt(price_pico), 0n)
}

/** The keys of a run and of those below it. */
export function treeOf(id: string, { rows }: Pick<Evidence, 'rows'>): ReadonlySet<string> {
  const own = rows.runs.filter(({ run_id }) => run_id === id || run_id.startsWith(`${id}/`))
  return new Set(own.map(({ run_key }) => run_key))
}
