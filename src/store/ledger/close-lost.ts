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

/**
 * Of a run that has begun anew, as a child does whose parent was reset, what it has come upon again: the rest is its predecessor's,
 * of which nobody was told.
 */
function* spendingsOf(run: RunTable): Work<LostSpendings> {
  const calls = yield* ask(({ queries }) =>
    queries
      .selectFrom('calls')
      .select(['call_id', 'run_key', 'step'])
      .where(columns => columns('run_key', 'in', columns.selectFrom('runs').select('run_key').where(inTreeOf(run))))
      .$if(run.begun_anew_at_ms !== null, query => query.where('begun_at_ms', '>=', run.begun_anew_at_ms)),
  )
  const ids = new Set(calls.map(call => call.call_id))
  const attempts = yield* ask(({ queries }) =>
    queries
      .selectFrom('attempts')
      .select(['call_id', 'cost_low_pico', 'cost_high_pico', 'unpriced', 'usage'])
      .where(inTreeOf(run)),
  )
  const own = attempts.filter(attempt => ids.has(attempt.call_id))
  const steps = new Set(calls.map(({ run_key, step }) => `${run_key} ${step}`))
  const tools = yield* ask(({ queries }) =>
    queries
      .selectFrom('tool_records')
      .select(['run_key', 'step'])
      .where(columns => columns('run_key', 'in', columns.selectFrom('runs').select('run_key').where(inTreeOf(run)))),
  )
  return {
    cost: sumCosts(own),
    usage: own.reduce<Usage>((sum, { usage }) => addUsage(sum, JSON.parse(usage) as Usage), {}),
    calls: calls.length,
    toolCalls: tools.filter(({ run_key, step }) => run.begun_anew_at_ms === null || steps.has(`${run_key} ${step}`))
      .length,
  }
}
