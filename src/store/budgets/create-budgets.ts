import type { BudgetPort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import { all, type Statement, type Work } from '../work.ts'
import { setLimits } from './set-limits.ts'
import { standingOf } from './standing.ts'
import { beginWait, endWait, sweepWaits } from './waits.ts'
import { claimWarnings, untoldWarnings } from './warnings.ts'

type Holding = { run_key: string; run_id: string }

/** Also open runs whose content is to go after their end: nobody else writes down that one was terminated. */
const holding: Statement<object, Holding> = (_, { queries }) =>
  queries
    .selectFrom('attempts')
    .select(['run_key', 'run_id'])
    .where('outcome', '=', 'open')
    .union(queries.selectFrom('budget_waits').select(['run_key', 'run_id']))
    .union(
      queries
        .selectFrom('runs')
        .select(['run_key', 'run_id'])
        .where('ended_at_ms', 'is', null)
        .where(columns => columns.or([columns('retention_ms', 'is not', null), columns('seal_key', 'is not', null)])),
    )
    .orderBy('run_key')

const open: Statement<{ after: string; limit: number }, Holding> = ({ after, limit }, { queries }) =>
  queries
    .selectFrom('runs')
    .select(['run_key', 'run_id'])
    .where('ended_at_ms', 'is', null)
    .where('run_key', '>', after)
    .orderBy('run_key')
    .limit(limit)

export function createBudgets({ read, write }: Connection): BudgetPort {
  return {
    async warnings(limits, atMs) {
      // Nearly always there is nothing to tell, and a look takes no lock.
      const untold = await read(() => untoldWarnings(limits))
      return untold.length === 0 ? [] : await write(() => claimWarnings(untold, atMs))
    },
    standing: limits => read(() => standingOf(limits)),
    setLimits: (budget, limits) => write(() => setLimits(budget, limits)),
    beginWait: wait => write(() => beginWait(wait)),
    endWait: async callId => void (await write(() => endWait(callId))),
    sweep: nowMs => write(() => sweepWaits(nowMs)),
    holdingRuns: async () => (await read(holdingRuns)).map(nameOf),
    openRuns: async (after, limit) => (await read(() => all(open, { after, limit }))).map(nameOf),
  }
}

const nameOf = ({ run_id, run_key }: Holding) => ({ id: run_id, key: run_key })

function* holdingRuns(): Work<Holding[]> {
  return yield* all(holding, {})
}
