import { NO_COST } from '../../core/money/cost.ts'
import type { RunEnd } from '../../core/ports.ts'
import type { LostSpendings, RunRef } from '../../core/protocol.ts'
import type { Work } from '../work.ts'
import { closeRun } from './close-run.ts'
import { lockRunIfOpened } from './run-row.ts'
import { spendingsOf } from './spendings.ts'

const NOTHING_SPENT: LostSpendings = { cost: NO_COST, usage: {}, calls: 0, toolCalls: 0 }

export function* closeLost(run: Pick<RunRef, 'id' | 'key'>, end: RunEnd): Work<LostSpendings> {
  yield* closeRun(run, end)
  return yield* spentBy(run)
}

/** What a run that was lost has spent: nothing if it was never opened. */
export function* spentBy(run: Pick<RunRef, 'id' | 'key'>): Work<LostSpendings> {
  const row = yield* lockRunIfOpened(run)
  return row ? yield* spendingsOf(row) : NOTHING_SPENT
}
