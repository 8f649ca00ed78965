import type { OpenBatch } from '../../core/ports/ledger.ts'
import { type Statement, tell, type Work } from '../work.ts'
import { openAttemptsOf } from './attempt-rows.ts'

type Noted = { readonly attemptId: string; readonly batch: string }

const setBatch: Statement<Noted, unknown> = ({ attemptId, batch }, { queries }) =>
  queries.updateTable('attempts').set({ batch }).where('attempt_id', '=', attemptId)

/** Notes the batch that an attempt went into. */
export function* noteBatch(attemptId: string, batch: string): Work<void> {
  yield* tell(setBatch, { attemptId, batch })
}

export function* openBatches(runKey: string): Work<OpenBatch[]> {
  const open = yield* openAttemptsOf(runKey)
  return open.flatMap(({ endpoint, batch }) => (batch === null ? [] : [{ endpoint, batch }]))
}
