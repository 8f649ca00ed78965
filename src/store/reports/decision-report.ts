import type { Decision } from '../../core/protocol.ts'
import { latestRun } from '../runs/latest-run.ts'
import type { DecisionTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'

/** Who decided on a tool call, as plain JSON. */
export interface DecisionReport extends Decision {
  readonly step: number
  readonly toolName: string
  readonly atMs: number
}

/** The decisions of a run, oldest first. */
export function* decisionReports(runId: string): Work<DecisionReport[]> {
  const run = yield* latestRun(runId)
  if (!run) return []
  const rows = yield* ask(({ queries }) =>
    queries
      .selectFrom('decisions')
      .selectAll()
      .where('run_key', '=', run.run_key)
      .orderBy('at_ms')
      .orderBy('tool_call_id'),
  )
  return rows.map(reportOf)
}

function reportOf(row: DecisionTable): DecisionReport {
  return {
    step: row.step,
    toolCallId: row.tool_call_id,
    toolName: row.tool_name,
    decision: row.decision as Decision['decision'],
    atMs: row.at_ms,
    ...(row.decided_by !== null && { by: row.decided_by }),
    ...(row.note !== null && { note: row.note }),
    ...(row.deadline === 1 && { deadline: true }),
  }
}
