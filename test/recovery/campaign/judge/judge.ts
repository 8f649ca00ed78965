/**
 * Whether a campaign kept what the product promises, from the evidence alone.
 *
 * @module
 */
import type { Evidence } from '../evidence.ts'
import type { CampaignPlan } from '../plan/plan.ts'
import { judgeBudgets } from './budgets.ts'
import { judgeCharges } from './charges.ts'
import { judgeEnds } from './ends.ts'
import { judgeEvents } from './events.ts'
import { judgeMoney } from './money.ts'
import { judgeTools } from './tools.ts'
import { judgeTranscripts } from './transcripts.ts'

/**
 * `truncated`: a message that is not whole · `doubled`: something that is there twice · `lost`: something that is not there, or a
 * run that did not end as it should · `leaked`: words of a sealed run that lie in clear · `fallen`: a worker that ended by itself.
 */
export type ProblemKind =
  | 'truncated'
  | 'doubled'
  | 'lost'
  | 'atMostOnceViolations'
  | 'exactMismatch'
  | 'outsideBounds'
  | 'reservationsLeft'
  | 'overspent'
  | 'leaked'
  | 'fallen'

export interface Problem {
  readonly kind: ProblemKind
  /** The run's id, where it is about one. */
  readonly run?: string
  readonly words: string
}

export interface Judgement {
  readonly runs: number
  readonly problems: readonly Problem[]
}

/** All but the wire, which {@link judgeWire} asks vendors about. */
export async function judge(plan: CampaignPlan, evidence: Evidence): Promise<Judgement> {
  const problems: readonly Problem[] = [
    ...judgeEnds(plan, evidence),
    ...(await judgeTranscripts(plan, evidence)),
    ...judgeEvents(plan, evidence),
    ...judgeTools(plan, evidence),
    ...judgeMoney(evidence),
    ...judgeCharges(evidence),
    ...judgeBudgets(plan, evidence),
    ...evidence.leaks.map(({ run, place }) => ({ kind: 'leaked' as const, run, words: `its words lie in ${place}` })),
    ...evidence.fallen.map(words => ({ kind: 'fallen' as const, words })),
  ]
  return { runs: plan.runs.length, problems }
}

/** How many problems of each kind. */
export function tally(problems: readonly Problem[], kind: ProblemKind): number {
  return problems.filter(problem => problem.kind === kind).length
}
