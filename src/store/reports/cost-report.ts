import { groupBy } from '../../core/group-by.ts'
import { isExactCost, UNPRICED_COST } from '../../core/money/cost.ts'
import type { WasteReason } from '../../core/ports.ts'
import type { Cost, Labels } from '../../core/protocol.ts'
import { costOf } from '../ledger/attempt-rows.ts'
import { latestRun } from '../runs/latest-run.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { AttemptTable, RunTable } from '../schema.ts'
import { type PricedCalls, picoOf } from '../tools/priced.ts'
import { ask, type Work } from '../work.ts'
import { toolName } from './spend-of-tools.ts'
import { wasteIn } from './waste.ts'

/** A sum over attempts and calls of tools with a price. Exact to the pico-dollar; `unpriced` attempts are in no bound. */
export interface CostSum extends Cost {
  /** The part of the sum that has one exact cost. */
  readonly exactPico: string
  readonly unpriced: number
  readonly attempts: number
  /** Calls of tools that were charged. */
  readonly pricedToolCalls: number
}

/** What a run has cost and where it went. `byLabel` is keyed `key=value`: an attempt with two labels is in both. */
export interface CostReport extends CostSum {
  readonly byClass: Readonly<Record<string, CostSum>>
  readonly byModel: Readonly<Record<string, CostSum>>
  /** Tools with a price. Those of a sealed run are one, `(sealed)`. */
  readonly byTool: Readonly<Record<string, CostSum>>
  readonly byLabel: Readonly<Record<string, CostSum>>
  /** The part of the sum that was paid, or may have been, for what is not used, by its reason. */
  readonly waste: Readonly<Partial<Record<WasteReason, CostSum>>>
}

type Priced = Pick<AttemptTable, 'cost_low_pico' | 'cost_high_pico' | 'unpriced'>
type Part = Priced &
  Pick<
    AttemptTable,
    | 'attempt_id'
    | 'call_id'
    | 'run_key'
    | 'outcome'
    | 'fault_kind'
    | 'task_class'
    | 'model'
    | 'labels'
    | 'started_at_ms'
  >

/** The sum of what a run and its children have asked and called, each once. `undefined` for a run that the store does not know. */
export function* costReport(runId: string): Work<CostReport | undefined> {
  const run = yield* latestRun(runId)
  if (!run) return undefined
  const parts: Part[] = yield* ask(({ queries }) =>
    queries
      .selectFrom('attempts')
      .select(['cost_low_pico', 'cost_high_pico', 'unpriced', 'task_class', 'model', 'labels'])
      .select(['attempt_id', 'call_id', 'run_key', 'outcome', 'fault_kind', 'started_at_ms'])
      .where('run_key', 'in', queries.selectFrom('runs').select('run_key').where(inTreeOf(run))),
  )
  // SQLite takes twice as long where it sorts rows that are as long as their labels.
  parts.sort((one, other) => one.started_at_ms - other.started_at_ms)
  const wasteOf = yield* wasteIn(parts)
  const attempts = parts.map(part => ({ part, attempts: 1, pricedToolCalls: 0, money: moneyOf(part) }))
  const tools = (yield* toolsIn(run)).map(part => ({
    part,
    attempts: 0,
    pricedToolCalls: part.count,
    money: paid(part),
  }))
  return {
    ...costSum([...attempts, ...tools]),
    byClass: sumsBy(attempts, part => [part.task_class]),
    byModel: sumsBy(attempts, part => [part.model]),
    byTool: sumsBy(tools, part => [part.tool_name]),
    byLabel: sumsBy<Pick<Part, 'labels'>>([...attempts, ...tools], part =>
      Object.entries(JSON.parse(part.labels) as Labels).map(([key, value]) => `${key}=${value}`),
    ),
    waste: sumsBy(attempts, part => [wasteOf(part)].filter(reason => reason !== undefined)),
  }
}

type ToolPart = PricedCalls & Pick<RunTable, 'labels'> & { readonly tool_name: string }

const toolsIn = (run: RunTable): Work<ToolPart[]> =>
  ask(({ queries }) =>
    queries
      .selectFrom('tool_records')
      .innerJoin('runs', 'runs.run_key', 'tool_records.run_key')
      .select(['labels', 'price_pico', toolName.as('tool_name'), ({ fn }) => fn.countAll<number>().as('count')])
      .where('price_pico', 'is not', null)
      .where('tool_records.run_key', 'in', queries.selectFrom('runs').select('run_key').where(inTreeOf(run)))
      .groupBy(['labels', 'price_pico', toolName]),
  )

/** What counts, with its money, read from texts once: it counts towards several sums, and a tree may have many thousand attempts. */
interface Counted {
  readonly money: Money
  readonly attempts: number
  readonly pricedToolCalls: number
}

interface CountedPart<Of> extends Counted {
  readonly part: Of
}

type Money = ReturnType<typeof moneyOf>

function paid(calls: PricedCalls): Money {
  const pico = picoOf(calls)
  return { lowPico: pico, highPico: pico, unpriced: 0, isExact: true }
}

function moneyOf(row: Priced) {
  const cost = costOf(row) ?? UNPRICED_COST
  const { lowPico, highPico, unpriced = 0 } = cost
  return { lowPico: BigInt(lowPico), highPico: BigInt(highPico), unpriced, isExact: isExactCost(cost) }
}

export function sumCosts(rows: readonly Priced[]): Cost {
  const { lowPico, highPico, unpriced } = sumOf(rows.map(moneyOf))
  return { lowPico: `${lowPico}`, highPico: `${highPico}`, ...(unpriced > 0 && { unpriced }) }
}

function costSum(counted: readonly Counted[]): CostSum {
  const { unpriced, lowPico, highPico, exactPico } = sumOf(counted.map(({ money }) => money))
  return {
    unpriced,
    lowPico: `${lowPico}`,
    highPico: `${highPico}`,
    exactPico: `${exactPico}`,
    attempts: counted.reduce((sum, { attempts }) => sum + attempts, 0),
    pricedToolCalls: counted.reduce((sum, { pricedToolCalls }) => sum + pricedToolCalls, 0),
  }
}

function sumOf(moneys: readonly Money[]) {
  const sum = { lowPico: 0n, highPico: 0n, exactPico: 0n, unpriced: 0 }
  for (const { lowPico, highPico, unpriced, isExact } of moneys) {
    sum.lowPico += lowPico
    sum.highPico += highPico
    sum.unpriced += unpriced
    if (isExact) sum.exactPico += lowPico
  }
  return sum
}

function sumsBy<Of>(
  counted: readonly CountedPart<Of>[],
  keysOf: (part: Of) => readonly string[],
): Record<string, CostSum> {
  const pairs = counted.flatMap(one => keysOf(one.part).map(key => ({ key, one })))
  const groups = [...groupBy(pairs, pair => pair.key)]
  return Object.fromEntries(groups.map(([key, group]) => [key, costSum(group.map(pair => pair.one))]))
}
