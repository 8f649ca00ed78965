import type { RunEnd } from '../../core/ports.ts'
import type { LostSpendings, RunRef } from '../../core/protocol.ts'
import { addUsage, type Usage } from '../../core/usage.ts'
import { sumCosts } from '../reports/cost-report.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { RunTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'
import { closeRun } from './close-run.ts'
import { lockRunIfOpened } from './run-row.ts'

const NOTHING: LostSpendings = { cost: { lowPico: '0', highPico: '0' }, usage: {}, calls: 0, toolCalls: 0 }

/** A run that was never opened has spent nothing. */
export function* closeLost(run: Pick<RunRef, 'key'>, end: RunEnd): Work<LostSpendings> {
  yield* closeRun(run, end)
  const row = yield* lockRunIfOpened(run.key)
  return row ? yield* spendingsOf(row) : NOTHING
}

function* spendingsOf(run: RunTable): Work<LostSpendings> {
  const attempts = yield* ask(({ queries }) =>
    queries
      .selectFrom('attempts')
      .select(['cost_low_pico', 'cost_high_pico', 'unpriced', 'usage'])
      .where(inTreeOf(run)),
  )
  const keys = (yield* ask(({ queries }) => queries.selectFrom('runs').select('run_key').where(inTreeOf(run)))).map(
    row => row.run_key,
  )
  return {
    cost: sumCosts(attempts),
    usage: attempts.reduce<Usage>((sum, { usage }) => addUsage(sum, JSON.parse(usage) as Usage), {}),
    calls: yield* countIn('calls', keys),
    toolCalls: yield* countIn('tool_records', keys),
  }
}

function* countIn(table: 'calls' | 'tool_records', keys: readonly string[]): Work<number> {
  const [row] = yield* ask(({ queries }) =>
    queries
      .selectFrom(table)
      .select(columns => columns.fn.countAll<number>().as('count'))
      .where('run_key', 'in', keys),
  )
  return Number(row?.count ?? 0)
}
