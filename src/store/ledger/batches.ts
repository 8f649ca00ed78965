import type { BatchNoted, OpenBatch } from '../../core/ports/ledger.ts'
import type { AttemptTable } from '../schema.ts'
import { all, one, type Statement, tell, type Work } from '../work.ts'
import { isCallOver } from './call-rows.ts'

type Noted = { readonly attemptId: string; readonly batch: string }

const setBatch: Statement<Noted, unknown> = ({ attemptId, batch }, { queries }) =>
  queries.updateTable('attempts').set({ batch }).where('attempt_id', '=', attemptId)

const byId: Statement<{ attemptId: string }, Pick<AttemptTable, 'outcome' | 'call_id'>> = (
  { attemptId },
  { queries },
) => queries.selectFrom('attempts').select(['outcome', 'call_id']).where('attempt_id', '=', attemptId)

/** Notes the batch that an attempt went into. Who waits for it is read behind the change, which waits for who settles it. */
export function* noteBatch(attemptId: string, batch: string): Work<BatchNoted> {
  yield* tell(setBatch, { attemptId, batch })
  const attempt = yield* one(byId, { attemptId })
  if (attempt?.outcome === 'open') return 'open'
  return attempt && !(yield* isCallOver(attempt.call_id)) ? 'settled' : 'over'
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
