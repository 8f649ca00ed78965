import type { OpenBatch } from '../../core/ports/ledger.ts'
import { type Statement, tell, type Work } from '../work.ts'
import { findAttempt, openAttemptsOf } from './attempt-rows.ts'

type Noted = { readonly attemptId: string; readonly batch: string }

const setBatch: Statement<Noted, unknown> = ({ attemptId, batch }, { queries }) =>
  queries.updateTable('attempts').set({ batch }).where('attempt_id', '=', attemptId)

/** Notes the batch that an attempt went into. Gives whether the attempt is open; read behind the change, which waits for who settles it. */
export function* noteBatch(attemptId: string, batch: string): Work<boolean> {
  yield* tell(setBatch, { attemptId, batch })
  return (yield* findAttempt(attemptId))?.outcome === 'open'
}

export function* openBatches(runKey: string, ofStep?: number): Work<OpenBatch[]> {
  const open = yield* openAttemptsOf(runKey)
  return open.flatMap(({ endpoint, batch, step }) =>
    batch === null || step !== (ofStep ?? step) ? [] : [{ endpoint, batch }],
  )
}
