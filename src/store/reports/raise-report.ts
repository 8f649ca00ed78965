import { formatUsd } from '../../core/money/pico.ts'
import type { BudgetRaise } from '../../core/protocol.ts'
import { latestRun } from '../runs/latest-run.ts'
import type { BudgetRaiseTable } from '../schema.ts'
import { openedIfPossible } from '../seals/seal-text.ts'
import { ask, type Work } from '../work.ts'

/**
 * Who raised a run's own limits, by how much and why, as plain JSON. The note of a sealed run is left out where its key is out
 * of reach.
 */
export interface RaiseReport extends BudgetRaise {
  readonly atMs: number
}

/** The raises of a run's limits, oldest first. */
export function* raiseReports(runId: string): Work<RaiseReport[]> {
  const run = yield* latestRun(runId)
  if (!run) return []
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom('budget_raises')
      .selectAll()
      .where('run_key', '=', run.run_key)
      .orderBy('at_ms')
      .orderBy('raise_id'),
  )
  const reports: RaiseReport[] = []
  for (const row of rows) reports.push(yield* reportOf(row))
  return reports
}

function* reportOf(row: BudgetRaiseTable): Work<RaiseReport> {
  const note = row.note === null ? undefined : yield* openedIfPossible(row.note)
  return {
    ...(row.pico !== '0' && { usd: formatUsd(BigInt(row.pico)) }),
    ...(row.tokens !== 0 && { tokens: row.tokens }),
    ...(row.decided_by !== null && { by: row.decided_by }),
    ...(note !== undefined && { note }),
    atMs: row.at_ms,
  }
}
