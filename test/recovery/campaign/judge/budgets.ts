/**
 * No reservation is left, scopes add up, and what vendors billed and tools cost is within every budget.
 *
 * @module
 */
import { parseUsd } from '../../../../src/core/money/pico.ts'
import type { Budget } from '../../../../src/core/protocol.ts'
import type { MeterRow } from '../../../../src/providers/simulated/index.ts'
import type { AttemptRow, Evidence, ScopeRow } from '../evidence.ts'
import type { CampaignPlan, RunPlan } from '../plan/plan.ts'
import { chargedTo, treeOf } from './charges.ts'
import type { Problem } from './judge.ts'

export function judgeBudgets(plan: CampaignPlan, evidence: Evidence): readonly Problem[] {
  const { rows } = evidence
  return [
    ...rows.reservations.map(({ attempt_id }) => left(`${attempt_id} still holds a reservation`)),
    ...rows.scopes.flatMap(scope => judgeScope(scope, rows)),
    ...plan.runs.flatMap(run => judgeRun(run, evidence)),
    ...judgeCrew(plan, evidence),
  ]
}

const left = (words: string): Problem => ({ kind: 'reservationsLeft', words })

function judgeScope(scope: ScopeRow, rows: Evidence['rows']): readonly Problem[] {
  const { scope_id: id, reserved_pico, reserved_tokens, spent_pico, spent_tokens } = scope
  if (reserved_pico !== '0' || reserved_tokens !== 0)
    return [left(`the scope ${id} still has ${reserved_pico} pico-dollars and ${reserved_tokens} tokens reserved`)]
  const own = rows.attempts.filter(attempt => isIn(attempt, id))
  if (own.length === 0) return []
  // No budget here leaves out what tools cost: they are paid for wherever the calls of their run are.
  const charged = chargedTo(new Set(own.map(({ run_key }) => run_key)), { rows })
  const pico = own.reduce((sum, row) => sum + BigInt(row.settled_pico ?? 0), charged)
  const tokens = own.reduce((sum, row) => sum + (row.settled_tokens ?? 0), 0)
  if (pico.toString() === spent_pico && tokens === spent_tokens) return []
  return [
    left(
      `the scope ${id} has spent ${spent_pico} and ${spent_tokens}, and its attempts and tools ${pico} and ${tokens}`,
    ),
  ]
}

function isIn({ scope_id, shared_scopes }: AttemptRow, id: string): boolean {
  return scope_id === id || (shared_scopes !== null && (JSON.parse(shared_scopes) as string[]).includes(id))
}

/** The run's own budget, and the slice of each of its children. */
function judgeRun({ id, terms, slice }: RunPlan, evidence: Evidence): readonly Problem[] {
  const children = slice ? evidence.rows.runs.filter(({ run_id }) => run_id.startsWith(`${id}/`)) : []
  return [
    ...judgeSpending(id, terms.budget, evidence),
    ...children.flatMap(({ run_id }) => judgeSpending(run_id, slice, evidence)),
  ]
}

function judgeSpending(id: string, budget: Budget | undefined, evidence: Evidence): readonly Problem[] {
  if (!budget) return []
  const { rows, meter } = evidence
  const wire = wireIds(rows.attempts.filter(({ run_id }) => run_id === id || run_id.startsWith(`${id}/`)))
  const own = meter.filter(({ clientRequestId }) => wire.has(clientRequestId ?? ''))
  const billed = billedOf(own) + chargedTo(treeOf(id, evidence), evidence)
  const tokens = own.reduce((sum, row) => sum + (row.inputTokens ?? 0) + (row.outputTokens ?? 0), 0)
  const over: Problem[] = []
  if (budget.usd !== undefined && billed > picoOf(budget.usd))
    over.push({ kind: 'overspent', run: id, words: `${billed} pico-dollars were billed, of $${budget.usd}` })
  if (budget.tokens !== undefined && tokens > budget.tokens)
    over.push({ kind: 'overspent', run: id, words: `${tokens} tokens were billed, of ${budget.tokens}` })
  return over
}

function judgeCrew({ crewUsd }: CampaignPlan, { rows, meter }: Evidence): readonly Problem[] {
  const runs = new Set(rows.runs.filter(({ workspace }) => workspace === 'crew').map(({ run_key }) => run_key))
  const wire = wireIds(rows.attempts.filter(({ run_key }) => runs.has(run_key)))
  const billed =
    billedOf(meter.filter(({ clientRequestId }) => wire.has(clientRequestId ?? ''))) + chargedTo(runs, { rows })
  if (billed <= picoOf(crewUsd)) return []
  return [{ kind: 'overspent', words: `the crew was billed ${billed} pico-dollars, of $${crewUsd}` }]
}

const wireIds = (attempts: readonly AttemptRow[]) => new Set(attempts.map(({ wire_request_id }) => wire_request_id))

const billedOf = (meter: readonly MeterRow[]) => meter.reduce((sum, row) => sum + BigInt(row.billedPico), 0n)

function picoOf(usd: string): bigint {
  const parsed = parseUsd(usd)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.pico
}
