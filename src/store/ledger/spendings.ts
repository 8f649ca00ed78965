import { sql } from 'kysely'
import { NOTHING_SPENT } from '../../core/agent/totals.ts'
import { addCost } from '../../core/money/cost.ts'
import type { RunName, RunSpent } from '../../core/protocol.ts'
import { addUsage, type Usage } from '../../core/usage.ts'
import { sumCosts } from '../reports/cost-report.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { AttemptTable } from '../schema.ts'
import { costOfCalls, type PricedCalls } from '../tools/priced.ts'
import { ask, type Dialect, type Work } from '../work.ts'
import { type LockedRun, lockRunIfOpened } from './run-row.ts'

/** What a run that was lost has spent: nothing if it was never opened. */
export function* spentBy(run: RunName): Work<RunSpent> {
  const row = yield* lockRunIfOpened(run)
  return row ? yield* spendingsOf(row) : NOTHING_SPENT
}

/** A tree may have a hundred thousand attempts, of which only sums are to be kept. */
const PAGE = 2_000

type Part = Pick<AttemptTable, 'attempt_id' | 'cost_low_pico' | 'cost_high_pico' | 'unpriced' | 'usage'>

/**
 * What a run and the runs below it have spent. Of one that has begun anew, as a child does whose parent was reset, what it has come
 * upon again: the rest is its predecessor's, of which nobody was told.
 */
export function* spendingsOf(run: LockedRun): Work<RunSpent> {
  const priced: PricedCalls[] = yield* ask(dialect => pricedCallsOf(dialect, run))
  let [cost, usage]: [RunSpent['cost'], Usage] = [costOfCalls(priced), {}]
  for (let after: string | undefined = ''; after !== undefined; ) {
    const parts: Part[] = yield* ask(dialect => pageAfter(dialect, run, after!))
    cost = addCost(cost, sumCosts(parts))
    usage = parts.reduce<Usage>((sum, part) => addUsage(sum, JSON.parse(part.usage) as Usage), usage)
    after = parts.length < PAGE ? undefined : parts.at(-1)?.attempt_id
  }
  const [calls] = yield* ask(dialect => callsOf(dialect, run).select(({ fn }) => fn.countAll<number>().as('count')))
  const [tools] = yield* ask(dialect =>
    toolCallsOf(dialect, run)
      .where('ended_at_ms', 'is not', null)
      .select(({ fn }) => fn.countAll<number>().as('count')),
  )
  return { cost, usage, calls: calls!.count, toolCalls: tools!.count }
}

function keysOf({ queries }: Dialect, run: LockedRun) {
  return queries.selectFrom('runs').select('run_key').where(inTreeOf(run))
}

function callsOf(dialect: Dialect, run: LockedRun) {
  return dialect.queries
    .selectFrom('calls')
    .where('run_key', 'in', keysOf(dialect, run))
    .$if(run.begun_anew_at_ms !== null, query => query.where('begun_at_ms', '>=', run.begun_anew_at_ms))
}

/** By their ids: the page that follows begins behind the last one. */
function pageAfter(dialect: Dialect, run: LockedRun, after: string) {
  return dialect.queries
    .selectFrom('attempts')
    .select(['attempt_id', 'cost_low_pico', 'cost_high_pico', 'unpriced', 'usage'])
    .where('call_id', 'in', callsOf(dialect, run).select('call_id'))
    .where('attempt_id', '>', after)
    .orderBy('attempt_id')
    .limit(PAGE)
}

/** Those that were charged, ended or not. */
function pricedCallsOf(dialect: Dialect, run: LockedRun) {
  return toolCallsOf(dialect, run)
    .where('price_pico', 'is not', null)
    .select(['price_pico', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy('price_pico')
}

/**
 * Those of steps whose call counts, without those that another call of the step had asked for, whose question they have; and what
 * workflows call before their first step.
 */
function toolCallsOf(dialect: Dialect, run: LockedRun) {
  const { queries } = dialect
  const begunAnewAtMs = run.begun_anew_at_ms
  const asking = sql<string>`${sql.ref('run_key')} || '/' || ${sql.ref('step')} || '/' || ${sql.ref('question')}`
  const left = queries.selectFrom('calls').select('call_id').where('run_key', 'in', keysOf(dialect, run))
  return queries
    .selectFrom('tool_records')
    .where('run_key', 'in', keysOf(dialect, run))
    .$if(begunAnewAtMs !== null, query =>
      query
        .where(where => {
          const steps = callsOf(dialect, run).select(['run_key', 'step']).$asTuple('run_key', 'step')
          return where.or([where('step', '=', 0), where(where.refTuple('run_key', 'step'), 'in', steps)])
        })
        .where(asking, 'not in', left.where('begun_at_ms', '<', begunAnewAtMs)),
    )
}
