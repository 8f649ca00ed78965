import { isExactCost, UNPRICED_COST } from '../../core/money/cost.ts'
import type { Labels } from '../../core/protocol.ts'
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
  const groups = new Map<string, Group>()
  yield* eachAttempt(fromMs, untilMs, part => {
    const keys = by.map(key => partOf(part, key))
    const id = JSON.stringify(keys)
    const group = groups.get(id) ?? { keys, sums: newSums() }
    groups.set(id, group)
    add(group.sums, part)
  })
  const total = newSums()
  for (const { sums } of groups.values()) addSums(total, sums)
  const rows = [...groups.values()].map(({ keys, sums }) => ({ keys, ...sumOf(sums) }))
  return { rows: rows.sort(dearestFirst), total: sumOf(total) }
}

function partOf(part: AttemptPart, key: SpendKey): string | null {
  if (key === 'class') return part.task_class
  if (key === 'workspace' || key === 'provider' || key === 'model') return part[key]
  const labels = JSON.parse(part.labels) as Labels
  const name = key.slice('label:'.length)
  return Object.hasOwn(labels, name) ? labels[name]! : null
}

interface Group {
  readonly keys: SpendRow['keys']
  readonly sums: Sums
}

type Sums = ReturnType<typeof newSums>

/** While millions of attempts are added up: bounds as strings would be read and written for each of them. */
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

function add(sums: Sums, part: AttemptPart): void {
  const cost = costOf(part) ?? UNPRICED_COST
  const { inputTokens = 0, outputTokens = 0 } = JSON.parse(part.usage) as Usage
  const [lowPico, highPico] = [BigInt(cost.lowPico), BigInt(cost.highPico)]
  addSums(sums, {
    lowPico,
    highPico,
    exactPico: isExactCost(cost) ? lowPico : 0n,
    unpriced: cost.unpriced ?? 0,
    attempts: 1,
    failed: part.outcome === 'fault' ? 1 : 0,
    inputTokens,
    outputTokens,
  })
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

function dearestFirst(a: SpendRow, b: SpendRow): number {
  const difference = BigInt(b.highPico) - BigInt(a.highPico)
  if (difference !== 0n) return difference > 0n ? 1 : -1
  return JSON.stringify(a.keys) < JSON.stringify(b.keys) ? -1 : 1
}
