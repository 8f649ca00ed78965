import { one, type Statement, type Work } from '../work.ts'
import type { CostSum } from './cost-report.ts'
import { keysOf, type SpendQuery } from './spend-keys.ts'
import { attemptsBehind, sumsOfAttempts } from './spend-of-attempts.ts'
import { sumsOfTools, toolsBehind } from './spend-of-tools.ts'
import { addSums, newSums, type Slice, type Spent, type Sums } from './spend-sums.ts'
import { wholeMs } from './whole-ms.ts'

export type { SpendKey, SpendQuery } from './spend-keys.ts'

/** Spendings of all runs together, those of open attempts at their bounds. */
export interface SpendSum extends CostSum {
  /** Attempts that ended with a fault. */
  readonly failed: number
  /** As far as vendors have told them. */
  readonly inputTokens: number
  readonly outputTokens: number
}

export interface SpendRow extends SpendSum {
  /**
   * One for each key of the query, in its order. `null` where there is no such label, for the class, model and provider of calls of tools,
   * and for the tool of attempts. The tools of sealed runs are `(sealed)`.
   */
  readonly keys: readonly (string | null)[]
}

export interface SpendReport {
  /** Dearest first. */
  readonly rows: readonly SpendRow[]
  readonly total: SpendSum
}

/**
 * Sums to the pico-dollar over every attempt and every call of a tool with a price. The database adds up: reading them one by one takes
 * several times as long.
 */
export function* spendReport(query: SpendQuery): Work<SpendReport> {
  const groups = new Map<string, Group>()
  const total = newSums()
  for (const source of [ATTEMPTS, TOOLS]) {
    yield* eachSlice(source, query, ({ of, sums }) => {
      const keys = keysOf(of, query.by)
      const id = JSON.stringify(keys)
      const group = groups.get(id) ?? { keys, sums: newSums() }
      groups.set(id, group)
      addSums(group.sums, sums)
      addSums(total, sums)
    })
  }
  const rows = [...groups].sort(dearestFirst).map(([, { keys, sums }]) => ({ keys, ...sumOf(sums) }))
  return { rows, total: sumOf(total) }
}

/** Where something was spent. */
interface Source {
  readonly behind: Statement<Slice, { at_ms: number }>
  readonly sums: (query: SpendQuery) => Work<Spent[]>
}

const ATTEMPTS: Source = { behind: attemptsBehind, sums: sumsOfAttempts }
const TOOLS: Source = { behind: toolsBehind, sums: sumsOfTools }

/** Rows that one statement adds up. A year of them would hold up a process that has SQLite in it, and take PostgreSQL too long. */
const SLICE = 20_000

function* eachSlice({ behind, sums }: Source, query: SpendQuery, take: (spent: Spent) => void): Work<void> {
  const untilMs = wholeMs(query.untilMs)
  for (let from: number | undefined = wholeMs(query.fromMs); from !== undefined; ) {
    const fromMs: number = from
    // All of one millisecond are in one slice. `undefined`: this is the last one.
    const next: { at_ms: number } | undefined = yield* one(behind, { fromMs, untilMs, offset: SLICE })
    from = next && Math.max(next.at_ms, fromMs + 1)
    for (const spent of yield* sums({ ...query, fromMs, untilMs: from ?? untilMs })) take(spent)
  }
}

interface Group {
  readonly keys: SpendRow['keys']
  readonly sums: Sums
}

function sumOf({ lowPico, highPico, exactPico, ...counts }: Sums): SpendSum {
  return { lowPico: `${lowPico}`, highPico: `${highPico}`, exactPico: `${exactPico}`, ...counts }
}

function dearestFirst([id, { sums }]: readonly [string, Group], [otherId, other]: readonly [string, Group]): number {
  if (sums.highPico !== other.sums.highPico) return sums.highPico < other.sums.highPico ? 1 : -1
  return id < otherId ? -1 : 1
}
