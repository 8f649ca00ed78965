/**
 * What people have decided for a run: on its tools and questions, and on its limits.
 *
 * @module
 */
import { formatUsd } from '../../core/money/pico.ts'
import type { BudgetRaise, Decision } from '../../core/protocol.ts'
import { latestRun } from '../runs/latest-run.ts'
import type { BudgetRaiseTable, DecisionTable } from '../schema.ts'
import { openedIfPossible } from '../seals/seal-text.ts'
import { ask, inTurn, type Work } from '../work.ts'

/** Who decided on a tool call or a question, as plain JSON. Of a sealed run, note and answer are left out where its key is out of reach. */
export interface DecisionReport extends Omit<Decision, 'decision'> {
  /** Absent: an answer to a question that is out of reach, or purged. */
  readonly decision?: Decision['decision']
  readonly step: number
  readonly toolName: string
  readonly atMs: number
}

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
  return yield* inTurn(rows, decisionOf)
}

function* decisionOf(row: DecisionTable): Work<DecisionReport> {
  const note = row.note === null ? undefined : yield* openedIfPossible(row.note)
  const decision = row.decision === '' ? undefined : yield* openedIfPossible(row.decision)
  return {
    step: row.step,
    toolCallId: row.tool_call_id,
    toolName: row.tool_name,
    atMs: row.at_ms,
    ...(decision !== undefined && { decision }),
    ...(row.decided_by !== null && { by: row.decided_by }),
    ...(note !== undefined && { note }),
    ...(row.deadline === 1 && { deadline: true }),
  }
}

/**
 * Who raised a run's own limits, by how much and why, as plain JSON. The note of a sealed run is left out where its key is out
 * of reach.
 */
export interface RaiseReport extends BudgetRaise {
  readonly atMs: number
}

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
  return yield* inTurn(rows, raiseOf)
}

function* raiseOf(row: BudgetRaiseTable): Work<RaiseReport> {
  const note = row.note === null ? undefined : yield* openedIfPossible(row.note)
  return {
    ...(row.pico !== '0' && { usd: formatUsd(BigInt(row.pico)) }),
    ...(row.tokens !== 0 && { tokens: row.tokens }),
    ...(row.decided_by !== null && { by: row.decided_by }),
    ...(note !== undefined && { note }),
    atMs: row.at_ms,
  }
}
