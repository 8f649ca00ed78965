import type { ExpressionBuilder } from 'kysely'
import { limitsWithin } from '../../core/budgets/limits-within.ts'
import { groupBy } from '../../core/group-by.ts'
import { addCost } from '../../core/money/cost.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Budget, Cost, ForkedFrom, Labels, OutcomeKind } from '../../core/protocol.ts'
import { isOfKinds } from '../events/of-kinds.ts'
import { inPages } from '../in-pages.ts'
import { latestRun } from '../runs/latest-run.ts'
import { runsAbove } from '../runs/runs-above.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { AttemptTable, RunTable, Tables } from '../schema.ts'
import { openedIfPossible } from '../seals/seal-text.ts'
import { costOfCalls, type PricedCalls } from '../tools/priced.ts'
import { ask, type Dialect, inTurn, together, type Work } from '../work.ts'
import { sumCosts } from './cost-report.ts'
import { hasLabel, type LedgerFilter } from './filter.ts'
import { furtherBack } from './further-back.ts'
import { wholeMs } from './whole-ms.ts'

/** One run, as plain JSON. */
export interface RunReport {
  readonly id: string
  readonly key: string
  readonly workflow: string
  readonly workspace: string
  /** Of the Temporal namespace that it runs in. Absent: nobody has said. */
  readonly namespaceId?: string
  readonly labels: Labels
  readonly budget: Budget
  readonly policy?: Policy
  /** Present: its content lies encrypted, whatever policy was the reason. */
  readonly sealed?: true
  /** That its own calls are bound to. Absent: any of their class. */
  readonly model?: string
  readonly forkedFrom?: ForkedFrom
  readonly startedAtMs: number
  readonly endedAtMs?: number
  /** Since then nothing is kept of what it said and read. */
  readonly purgedAtMs?: number
  readonly outcome?: OutcomeKind
  readonly message?: string
  readonly calls: number
  readonly attempts: number
  /** Its own, of attempts and tools, without that of the runs below it. */
  readonly cost: Cost
}

/** How a run has ended, or that it has not. */
export type RunEnding = OutcomeKind | 'open'

export interface RunFilter {
  readonly workspace?: string
  /** Of its own: a call may have others. */
  readonly label?: LedgerFilter['label']
  /** Those that have ended in one of these ways; `open`: those that have not. */
  readonly outcomes?: readonly RunEnding[]
  /** Those that have ever asked people something, and those of which that is not known here. */
  readonly asked?: true
  readonly ids?: readonly string[]
  /** Begun from then on … */
  readonly sinceMs?: number
  /** … and before then. */
  readonly untilMs?: number
  /** Those that are listed behind this one: the last run of the page before. */
  readonly after?: Pick<RunReport, 'startedAtMs' | 'key'> | undefined
  /** The newest so many. @defaultValue 50 */
  readonly limit?: number
}

const DEFAULT_LIMIT = 50

export function* runReports(filter: RunFilter): Work<RunReport[]> {
  const { workspace, label, outcomes, asked, ids, sinceMs, untilMs, after, limit = DEFAULT_LIMIT } = filter
  // PostgreSQL takes no empty list.
  if (ids?.length === 0) return []
  const runs = yield* ask(dialect =>
    dialect.queries
      .selectFrom('runs')
      .selectAll()
      .$if(workspace !== undefined, query => query.where('workspace', '=', workspace!))
      .$if(label !== undefined, query => query.where(hasLabel(label!)))
      .$if(outcomes !== undefined, query => query.where(hasEnded(outcomes!)))
      .$if(asked === true, query => query.where(hasAsked(dialect)))
      .$if(ids !== undefined, query => query.where('run_id', 'in', ids!))
      .$if(sinceMs !== undefined, query => query.where('started_at_ms', '>=', wholeMs(sinceMs!)))
      .$if(untilMs !== undefined, query => query.where('started_at_ms', '<', wholeMs(untilMs!)))
      .$if(after !== undefined, query =>
        query.where(furtherBack({ startedAtMs: after!.startedAtMs, by: 'run_key', id: after!.key })),
      )
      .orderBy('started_at_ms', 'desc')
      .orderBy('run_key', 'desc')
      .limit(limit),
  )
  return yield* withSums(runs)
}

function hasEnded(ways: readonly RunEnding[]) {
  return ({ eb, or }: ExpressionBuilder<Tables, 'runs'>) =>
    or(ways.map(way => (way === 'open' ? eb('ended_at_ms', 'is', null) : eb('outcome', '=', way))))
}

/** The events with which people are asked. */
const ASKS = ['approval-ask', 'budget-ask'] as const

/**
 * Whether it still waits is not to be seen here: a reset takes back what was asked or decided, and tells nobody. What a sealed run
 * has asked cannot be read here, and what was purged not any more.
 */
function hasAsked(dialect: Dialect) {
  return ({ eb, or, exists, selectFrom }: ExpressionBuilder<Tables, 'runs'>) => {
    const asks = selectFrom('run_events')
      .select('event_offset')
      .whereRef('run_events.run_key', '=', 'runs.run_key')
      .where(isOfKinds(dialect, ASKS))
    return or([exists(asks), eb('seal_key', 'is not', null), eb('last_purged_at_ms', 'is not', null)])
  }
}

/** The latest run of an id, or the run of a key. */
export function* runReport(id: string): Work<RunReport | undefined> {
  const run = yield* latestRun(id)
  return run && (yield* withSums([run]))[0]
}

export function* openRunsBelow(id: string, { asked }: Pick<RunFilter, 'asked'>): Work<RunReport[]> {
  const run = yield* latestRun(id)
  if (!run) return []
  const below = yield* ask(dialect =>
    runsBelow(dialect, run)
      .where('ended_at_ms', 'is', null)
      .$if(asked === true, query => query.where(hasAsked(dialect)))
      .orderBy('started_at_ms')
      .orderBy('run_key'),
  )
  return yield* withSums(below)
}

export function* endedRunsBelow(id: string, limit: number): Work<RunReport[]> {
  const run = yield* latestRun(id)
  if (!run) return []
  const below = yield* ask(dialect =>
    runsBelow(dialect, run)
      .where('ended_at_ms', 'is not', null)
      .orderBy('ended_at_ms', 'desc')
      .orderBy('run_key', 'desc')
      .limit(limit),
  )
  return yield* withSums(below.toReversed())
}

function runsBelow({ queries }: Dialect, run: RunTable) {
  return queries.selectFrom('runs').selectAll().where(inTreeOf(run)).where('run_key', '!=', run.run_key)
}

export function* limitsOf(id: string): Work<Budget | undefined> {
  const run = yield* latestRun(id)
  if (!run) return undefined
  const above = yield* runsAbove(run)
  return limitsWithin(budgetOf(run), above.map(budgetOf))
}

function budgetOf({ budget }: RunTable): Budget {
  return JSON.parse(budget) as Budget
}

type Part = Pick<AttemptTable, 'run_key' | 'cost_low_pico' | 'cost_high_pico' | 'unpriced'>

const withSums = (runs: readonly RunTable[]) => inPages(runs, pageOf)

function* pageOf(runs: readonly RunTable[]): Work<RunReport[]> {
  const keys = runs.map(run => run.run_key)
  const [attempts, calls, priced] = yield* together(
    ask<Part>(({ queries }) =>
      queries
        .selectFrom('attempts')
        .select(['run_key', 'cost_low_pico', 'cost_high_pico', 'unpriced'])
        .where('run_key', 'in', keys),
    ),
    ask(({ queries }) =>
      queries
        .selectFrom('calls')
        .select(['run_key', columns => columns.fn.countAll<number>().as('count')])
        .where('run_key', 'in', keys)
        .groupBy('run_key'),
    ),
    ask<PricedCalls & Pick<RunTable, 'run_key'>>(({ queries }) =>
      queries
        .selectFrom('tool_records')
        .select(['run_key', 'price_pico', columns => columns.fn.countAll<number>().as('count')])
        .where('run_key', 'in', keys)
        .where('price_pico', 'is not', null)
        .groupBy(['run_key', 'price_pico']),
    ),
  )
  const counts = new Map(calls.map(row => [row.run_key, row.count]))
  const [byRun, toolsOf] = [groupBy(attempts, row => row.run_key), groupBy(priced, row => row.run_key)]
  return yield* inTurn(runs, run => {
    const own = { attempts: byRun.get(run.run_key) ?? [], tools: toolsOf.get(run.run_key) ?? [] }
    return reportOf(run, counts.get(run.run_key) ?? 0, own)
  })
}

interface Own {
  readonly attempts: readonly Part[]
  readonly tools: readonly PricedCalls[]
}

function* reportOf(run: RunTable, calls: number, { attempts, tools }: Own): Work<RunReport> {
  const policy = yield* policyIn(run)
  return {
    id: run.run_id,
    key: run.run_key,
    workflow: run.workflow,
    workspace: run.workspace,
    labels: JSON.parse(run.labels) as Labels,
    budget: budgetOf(run),
    startedAtMs: run.started_at_ms,
    ...(policy && { policy }),
    ...(run.namespace_id !== null && { namespaceId: run.namespace_id }),
    ...(run.seal_key !== null && { sealed: true as const }),
    ...(run.bound_model !== null && { model: run.bound_model }),
    ...(run.forked_from !== null && { forkedFrom: JSON.parse(run.forked_from) as ForkedFrom }),
    ...(run.ended_at_ms !== null && { endedAtMs: run.ended_at_ms }),
    ...(run.purged_at_ms !== null && { purgedAtMs: run.purged_at_ms }),
    ...(run.outcome !== null && { outcome: run.outcome as OutcomeKind }),
    ...(run.message !== null && { message: run.message }),
    calls,
    attempts: attempts.length,
    cost: addCost(sumCosts(attempts), costOfCalls(tools)),
  }
}

/** The run's own policy; `undefined` where it has none, or where it is sealed and its key is out of reach. */
export function* policyIn({ policy }: Pick<RunTable, 'policy'>): Work<Policy | undefined> {
  const text = policy === null ? undefined : yield* openedIfPossible(policy)
  return text === undefined ? undefined : (JSON.parse(text) as Policy)
}
