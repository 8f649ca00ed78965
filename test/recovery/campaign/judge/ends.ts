/**
 * Every run ended as it should, and its client and the store agree on how and for how much.
 *
 * @module
 */
import type { Outcome } from '../../../../src/core/protocol.ts'
import type { Evidence } from '../evidence.ts'
import type { CampaignPlan, RunPlan } from '../plan/plan.ts'
import { chargedTo, treeOf } from './charges.ts'
import type { Problem } from './judge.ts'

export function judgeEnds({ runs }: CampaignPlan, evidence: Evidence): readonly Problem[] {
  return runs.flatMap(run => judgeEnd(run, evidence))
}

function judgeEnd(run: RunPlan, { ended, rows }: Evidence): readonly Problem[] {
  const end = ended.get(run.id)
  const lost = (words: string): readonly Problem[] => [{ kind: 'lost', run: run.id, words }]
  if (!end?.outcome) return lost(end?.problem ?? 'its client never heard of its end')
  const { outcome } = end
  if (!run.ends.includes(outcome.kind))
    return lost(`it ended as ${outcome.kind} instead of ${run.ends.join(' or ')}: ${outcome.message ?? ''}`)
  const row = rows.runs.filter(({ run_id }) => run_id === run.id)
  if (row.length !== 1) return lost(`the store has ${row.length} runs of its id`)
  if (row[0]!.outcome !== outcome.kind)
    return lost(`the store has it as ${row[0]!.outcome ?? 'open'}, and its client was told ${outcome.kind}`)
  // A terminated run could tell nobody what it has spent.
  return run.kind === 'terminated' ? [] : judgeBill(run, outcome, rows)
}

/**
 * The run's own bill is the ledger's, over its whole tree. Of a run that was cancelled or reset an attempt that was taken for lost may
 * come to its end after all, and then the ledger knows better.
 */
function judgeBill({ id, kind: plan }: RunPlan, { cost, kind }: Outcome, rows: Evidence['rows']): readonly Problem[] {
  const own = rows.attempts.filter(({ run_id }) => run_id === id || run_id.startsWith(`${id}/`))
  const charged = chargedTo(treeOf(id, { rows }), { rows })
  const sum = (of: (row: (typeof own)[number]) => string | null) =>
    own.reduce((total, row) => total + BigInt(of(row) ?? 0), charged).toString()
  const [low, high] = [sum(row => row.cost_low_pico), sum(row => row.cost_high_pico)]
  if (cost.lowPico === low && cost.highPico === high) return []
  const mayEndLate = plan === 'reset' || kind === 'cancelled'
  if (mayEndLate && BigInt(cost.lowPico) <= BigInt(low) && BigInt(high) <= BigInt(cost.highPico)) return []
  const words = `its bill is ${cost.lowPico} to ${cost.highPico} pico-dollars, the ledger's rows are ${low} to ${high}`
  return [{ kind: 'exactMismatch', run: id, words }]
}
