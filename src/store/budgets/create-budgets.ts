import type { BudgetPort, BudgetWait } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { OPEN } from '../ledger/attempt-rows.ts'
import { SEEN, type SeenRow, seenOf } from '../runs/run-seen.ts'
import { all, type Statement } from '../work.ts'
import { createPeriodSweep } from './ended-periods.ts'
import { namesSet, setLimits } from './set-limits.ts'
import { spentScopes, standingOf } from './standing.ts'
import { beginWait, endWait, sweepWaits } from './waits.ts'
import { claimWarnings, untoldWarnings } from './warnings.ts'

/**
 * Runs with an open attempt or a call that waits for room, and open runs whose content is to go after their end: nobody else writes
 * down that one was terminated.
 */
const holding: Statement<object, SeenRow> = (_, { queries }) => {
  const keys = queries
    .selectFrom('attempts')
    .select('run_key')
    .where('outcome', '=', OPEN)
    .union(queries.selectFrom('budget_waits').select('run_key'))
    .union(
      queries
        .selectFrom('runs')
        .select('run_key')
        .where('ended_at_ms', 'is', null)
        .where(columns => columns.or([columns('retention_ms', 'is not', null), columns('seal_key', 'is not', null)])),
    )
  return queries.selectFrom('runs').select(SEEN).where('run_key', 'in', keys).orderBy('run_key')
}

const open: Statement<{ after: string; limit: number }, SeenRow> = ({ after, limit }, { queries }) =>
  queries
    .selectFrom('runs')
    .select(SEEN)
    .where('ended_at_ms', 'is', null)
    .where('run_key', '>', after)
    .orderBy('run_key')
    .limit(limit)

export function createBudgets(connection: Connection): BudgetPort {
  const { read, write, clockAheadMs } = connection
  const sweepPeriods = createPeriodSweep(connection)
  return {
    async warnings(limits, atMs, turnedAwayBy) {
      // Nearly always there is nothing to tell, and a look takes no lock.
      const untold = await read(() => untoldWarnings(limits, turnedAwayBy))
      return untold.length === 0 ? [] : await write(() => claimWarnings(untold, atMs))
    },
    standing: limits => read(() => standingOf(limits)),
    spentScopes: (beginning, by, most) => read(() => spentScopes(beginning, by, most)),
    namesSet: (beginning, most) => read(() => namesSet(beginning, most)),
    setLimits: (name, limits) => write(() => setLimits(name, limits)),
    async beginWait(wait) {
      const aheadMs = await clockAheadMs()
      await write(() => beginWait(byClock(wait, aheadMs)))
    },
    endWait: async callId => void (await write(() => endWait(callId))),
    async sweep(nowMs) {
      const atMs = nowMs + (await clockAheadMs())
      await write(() => sweepWaits(atMs))
      await sweepPeriods(atMs)
    },
    holdingRuns: async () => (await read(() => all(holding, {}))).map(seenOf),
    openRuns: async (after, limit) => (await read(() => all(open, { after, limit }))).map(seenOf),
  }
}

/** Another worker may go on with the call that waits. */
function byClock(wait: BudgetWait, aheadMs: number): BudgetWait {
  const { sinceMs, dueAtMs } = wait
  return { ...wait, sinceMs: sinceMs + aheadMs, ...(dueAtMs !== undefined && { dueAtMs: dueAtMs + aheadMs }) }
}
