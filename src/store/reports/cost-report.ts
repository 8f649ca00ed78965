import { groupBy } from '../../core/group-by.ts'
import { addCost, isExactCost, NO_COST, UNPRICED_COST } from '../../core/money/cost.ts'
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
    'attempt_id' | 'call_id' | 'run_key' | 'outcome' | 'fault_kind' | 'task_class' | 'model' | 'labels'
  >

/** The sum of a run's attempts and of those of its children, each once. `undefined` for a run that the store does not know. */
export function* costReport(runId: string): Work<CostReport | undefined> {
  const run = yield* latestRun(runId)
  if (!run) return undefined
  const parts: Part[] = yield* ask(({ queries }) =>
    queries
      .selectFrom('attempts')
      .select(['cost_low_pico', 'cost_high_pico', 'unpriced', 'task_class', 'model', 'labels'])
      .select(['attempt_id', 'call_id', 'run_key', 'outcome', 'fault_kind'])
      .where('run_key', 'in', queries.selectFrom('runs').select('run_key').where(inTreeOf(run)))
      .orderBy('started_at_ms'),
  )
  const wasteOf = yield* wasteIn(parts)
  return {
    ...costSum(parts),
    byClass: sumsBy(parts, part => [part.task_class]),
    byModel: sumsBy(parts, part => [part.model]),
    byLabel: sumsBy(parts, part =>
      Object.entries(JSON.parse(part.labels) as Labels).map(([key, value]) => `${key}=${value}`),
    ),
    waste: sumsBy(parts, part => [wasteOf(part)].filter(reason => reason !== undefined)),
  }
}

export function sumCosts(rows: readonly Priced[]): Cost {
  return rows.reduce((sum, row) => addCost(sum, costOf(row) ?? UNPRICED_COST), NO_COST)
}

function costSum(rows: readonly Priced[]): CostSum {
  const exact = rows.filter(row => isExactCost(costOf(row) ?? UNPRICED_COST))
  return { unpriced: 0, ...sumCosts(rows), exactPico: sumCosts(exact).lowPico, attempts: rows.length }
}

function sumsBy(parts: readonly Part[], keysOf: (part: Part) => readonly string[]): Record<string, CostSum> {
  const pairs = parts.flatMap(part => keysOf(part).map(key => ({ key, part })))
  const groups = [...groupBy(pairs, pair => pair.key)]
  return Object.fromEntries(groups.map(([key, group]) => [key, costSum(group.map(pair => pair.part))]))
}
