/**
 * Why a call of a run went where it went: the plans that the ledger keeps of it, with their rejections in words.
 *
 * @module
 */
import { modelIn, providerIn } from '../../core/endpoint-id.ts'
import type { Rejection } from '../../core/routing/filter/rejection.ts'
import { rejectionWords } from '../../core/routing/filter/rejection-words.ts'
import { withNeeded } from '../../core/routing/route/route-record.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import { some } from '../../core/words/some.ts'
import type { CallReport, PlanReport, RouteReport, RunReport } from '../../store/index.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { unknownRun } from '../finding/unknown-run.ts'
import type { Records } from '../store/records.ts'

export interface RejectionInWords {
  readonly endpoint: string
  readonly rejection: Rejection
  readonly found: string
  /** The one change that would have admitted it. */
  readonly change: string
}

/** One plan: together with the candidates and those beyond the first ones, its rejections are all endpoints of the configuration. */
export interface ExplainedPlan extends Omit<PlanReport, 'rejections' | 'closed'> {
  readonly rejections: readonly RejectionInWords[]
}

export interface ExplainedCall {
  readonly call: CallReport
  readonly plans: readonly ExplainedPlan[]
  /** How its run ended, of a call that was not answered; the words of a sealed run are left out. */
  readonly runEnded?: Pick<RunReport, 'outcome' | 'message'>
}

/** @throws StoreProblem when the store has no such run, ConfigurationProblem when the run has no such step. */
export async function explainCall(
  { reports, place }: Pick<Records, 'reports' | 'place'>,
  run: string,
  step: number,
): Promise<readonly ExplainedCall[]> {
  const found = await reports.routes(run, step)
  const known = await reports.run(run)
  if (!known) throw unknownRun(run, place)
  if (found.length > 0) return found.map(route => explained(route, known))
  throw new ConfigurationProblem(
    `run ${known.id} has made no call at step ${step}; \`signalbox calls --run ${shellWord(known.id)}\` lists its calls`,
  )
}

/**
 * The step of a run that made calls at only one.
 *
 * @throws StoreProblem when the store has no such run, ConfigurationProblem when it made calls at several steps, or none.
 */
export async function onlyStep({ reports, place }: Pick<Records, 'reports' | 'place'>, run: string): Promise<number> {
  const known = await reports.run(run)
  if (!known) throw unknownRun(run, place)
  const [step, ...others] = await reports.askedSteps(run)
  if (step === undefined) throw new ConfigurationProblem(`run ${known.id} has made no model call yet`)
  if (others.length === 0) return step
  throw new ConfigurationProblem(
    `run ${known.id} made calls at steps ${some([step, ...others].map(String))}; name one, as in \`signalbox explain ${shellWord(known.id)} --step ${step}\``,
  )
}

function explained({ call, plans }: RouteReport, { outcome, message }: RunReport): ExplainedCall {
  const runEnded = { outcome, ...(message !== undefined && { message }) }
  return {
    call,
    plans: plans.map(inWords),
    ...(call.answeredBy === undefined && outcome !== undefined && { runEnded }),
  }
}

function inWords({ closed = [], rejections, ...plan }: PlanReport): ExplainedPlan {
  const kept = rejections.flatMap(({ rejection, endpoints }) =>
    endpoints.map(endpoint => ({ endpoint, rejection: withNeeded(rejection, plan.needs) })),
  )
  return {
    ...plan,
    rejections: [...closed, ...kept].map(({ endpoint, rejection }) => ({
      endpoint,
      rejection,
      ...rejectionWords(named(endpoint), rejection, plan.class, plan.atMs),
    })),
  }
}

function named(id: string) {
  return { id, provider: providerIn(id), model: modelIn(id) }
}
