import { addCost, isExactCost, NO_COST, UNPRICED_COST } from '../../core/money/cost.ts'
import type { Cost, Labels } from '../../core/protocol.ts'
import type { Usage } from '../../core/usage.ts'
import { costOf } from '../ledger/attempt-rows.ts'
import type { Work } from '../work.ts'
import { type AttemptPart, eachAttempt } from './attempt-pages.ts'
import type { CostSum } from './cost-report.ts'

/** What spendings are told apart by. */
export type SpendKey = 'workspace' | 'class' | 'provider' | 'model' | `label:${string}`

export interface SpendQuery {
  readonly by: readonly SpendKey[]
  /** Attempts that left from then on … */
  readonly fromMs: number
  /** … and before then. */
  readonly untilMs: number
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

/** Sums to the pico-dollar over every attempt of a time. */
export function* spendReport({ by, fromMs, untilMs }: SpendQuery): Work<SpendReport> {
  const groups = new Map<string, SpendRow>()
  let total = NOTHING_SPENT
  yield* eachAttempt(fromMs, untilMs, part => {
    const keys = by.map(key => partOf(part, key))
    const id = JSON.stringify(keys)
    groups.set(id, { keys, ...plus(groups.get(id) ?? NOTHING_SPENT, part) })
    total = plus(total, part)
  })
  return { rows: [...groups.values()].sort(dearestFirst), total }
}

function partOf(part: AttemptPart, key: SpendKey): string | null {
  if (key === 'class') return part.task_class
  if (key === 'workspace' || key === 'provider' || key === 'model') return part[key]
  const labels = JSON.parse(part.labels) as Labels
  const name = key.slice('label:'.length)
  return Object.hasOwn(labels, name) ? labels[name]! : null
}

const NOTHING_SPENT: SpendSum = {
  ...NO_COST,
  unpriced: 0,
  exactPico: '0',
  attempts: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
}

function plus(sum: SpendSum, part: AttemptPart): SpendSum {
  const cost: Cost = costOf(part) ?? UNPRICED_COST
  const { inputTokens = 0, outputTokens = 0 } = JSON.parse(part.usage) as Usage
  return {
    unpriced: 0,
    ...addCost(sum, cost),
    exactPico: (BigInt(sum.exactPico) + (isExactCost(cost) ? BigInt(cost.lowPico) : 0n)).toString(),
    attempts: sum.attempts + 1,
    failed: sum.failed + (part.outcome === 'fault' ? 1 : 0),
    inputTokens: sum.inputTokens + inputTokens,
    outputTokens: sum.outputTokens + outputTokens,
  }
}

function dearestFirst(a: SpendRow, b: SpendRow): number {
  const difference = BigInt(b.highPico) - BigInt(a.highPico)
  if (difference !== 0n) return difference > 0n ? 1 : -1
  return JSON.stringify(a.keys) < JSON.stringify(b.keys) ? -1 : 1
}
