import type { OpenBatch } from '../../core/ports/ledger.ts'
import type { AttemptTable } from '../schema.ts'
import { all, type Statement, tell, type Work } from '../work.ts'
import { findAttempt } from './attempt-rows.ts'

type Noted = { readonly attemptId: string; readonly batch: string }

const setBatch: Statement<Noted, unknown> = ({ attemptId, batch }, { queries }) =>
  queries.updateTable('attempts').set({ batch }).where('attempt_id', '=', attemptId)

/** Notes the batch that an attempt went into. Gives whether the attempt is open; read behind the change, which waits for who settles it. */
export function* noteBatch(attemptId: string, batch: string): Work<boolean> {
  yield* tell(setBatch, { attemptId, batch })
  return (yield* findAttempt(attemptId))?.outcome === 'open'
}

type InBatch = Pick<AttemptTable, 'endpoint' | 'batch' | 'step'>

/** Also what was settled as lost, as after a reset, while its call waits for it: nothing else would ever be told of those. */
const inBatches: Statement<{ runKey: string }, InBatch> = ({ runKey }, { queries }) =>
  queries
    .selectFrom('attempts')
    .innerJoin('calls', 'calls.call_id', 'attempts.call_id')
    .select(['attempts.endpoint', 'attempts.batch', 'attempts.step'])
    .where('attempts.run_key', '=', runKey)
    .where('attempts.batch', 'is not', null)
    .where(({ eb, and, or }) =>
      or([
        eb('attempts.outcome', '=', 'open'),
        and([
          eb('attempts.outcome', '=', 'abandoned'),
          eb('calls.answer', 'is', null),
          eb('calls.unanswered_at_ms', 'is', null),
        ]),
      ]),
    )
    .orderBy('attempts.started_at_ms')
    .orderBy('attempts.attempt_id')

export function* openBatches(runKey: string, ofStep?: number): Work<OpenBatch[]> {
  const open = yield* all(inBatches, { runKey })
  return open.flatMap(({ endpoint, batch, step }) =>
    batch === null || step !== (ofStep ?? step) ? [] : [{ endpoint, batch }],
  )
}
