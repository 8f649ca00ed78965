import { groupBy } from '../../core/group-by.ts'
import { isExactCost, UNPRICED_COST } from '../../core/money/cost.ts'
import type { WasteReason } from '../../core/ports.ts'
import type { Cost, Labels } from '../../core/protocol.ts'
import { costOf } from '../ledger/attempt-rows.ts'
import { latestRun } from '../runs/latest-run.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { AttemptTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'
import { wasteIn } from './waste.ts'

/** A sum over attempts. Exact to the pico-dollar; `unpriced` attempts are in no bound. */
export interface CostSum extends Cost {
  /** The part of the sum whose attempts have one exact cost. */
  readonly exactPico: string
  readonly unpriced: number
  readonly attempts: number
}

/** What a run has cost and where it went. `byLabel` is keyed `key=value`: an attempt with two labels is in both. */
export interface CostReport extends CostSum {
  readonly byClass: Readonly<Record<string, CostSum>>
  readonly byModel: Readonly<Record<string, CostSum>>
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

/** The sum of a run's attempts and of those of its children, each once. `undefined` for a run that the store does not know. */
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
  const counted = parts.map(part => ({ part, money: moneyOf(part) }))
  return {
    ...costSum(counted),
    byClass: sumsBy(counted, part => [part.task_class]),
    byModel: sumsBy(counted, part => [part.model]),
    byLabel: sumsBy(counted, part =>
      Object.entries(JSON.parse(part.labels) as Labels).map(([key, value]) => `${key}=${value}`),
    ),
    waste: sumsBy(counted, part => [wasteOf(part)].filter(reason => reason !== undefined)),
  }
}

/** An attempt with its money, read from texts once: it counts towards several sums, and a tree may have many thousand. */
interface Counted {
  readonly part: Part
  readonly money: Money
}

type Money = ReturnType<typeof moneyOf>

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
    attempts: counted.length,
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

function sumsBy(counted: readonly Counted[], keysOf: (part: Part) => readonly string[]): Record<string, CostSum> {
  const pairs = counted.flatMap(one => keysOf(one.part).map(key => ({ key, one })))
  const groups = [...groupBy(pairs, pair => pair.key)]
  return Object.fromEntries(groups.map(([key, group]) => [key, costSum(group.map(pair => pair.one))]))
}
