/**
 * A new run that goes on from a step of another one: it shares what the model saw there and buys none of it again.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import { type ForkedStep, forkedMemory } from '../../core/agent/forked-memory.ts'
import { forkedPrompt } from '../../core/agent/forked-prompt.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Budget, ForkedFrom, Labels, Terms } from '../../core/protocol.ts'
import type { RunReport, StepReport, Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { type GivenPart, givenWords } from '../given/given-parts.ts'
import { answeredStep, NoSuchStep } from '../runs/answered-step.ts'
import { checkModel } from './check-model.ts'
import { sixLetters } from './six-letters.ts'

/** Where a run is forked, and what is different in the fork. */
export interface ForkOptions<Class extends string = string> {
  /** The step to ask again: the model sees what it saw there, and answers anew. */
  readonly atStep: number
  /** @defaultValue the class with which the step was asked */
  readonly taskClass?: Class | undefined
  /**
   * One model of the class, as `author/name` or an endpoint's id, for all calls of the fork.
   *
   * @defaultValue the one that the run is bound to; any of the class if the run is bound to none, or if `taskClass` is given
   */
  readonly model?: string | undefined
  /** A user message after what the model saw: a text, or texts and files. @defaultValue none: the step is asked again as it was */
  readonly say?: string | readonly GivenPart[] | undefined
  /** @defaultValue the run's id, `fork` and six random letters; of a run below another with dashes, for a slash names children */
  readonly id?: string | undefined
  /**
   * Whether tools that run at most once may do again what they did in the run. If not, each such call waits for a person's approval.
   *
   * @defaultValue false
   */
  readonly actAgain?: boolean | undefined
  /** For the fork alone. @defaultValue the limits of the run, including its tree's, not what is left of them */
  readonly budget?: Budget | undefined
  /** @defaultValue the run's */
  readonly labels?: Labels | undefined
}

const FORK_KEYS: KeysOf<ForkPlan> = {
  atStep: true,
  taskClass: true,
  model: true,
  say: true,
  id: true,
  actAgain: true,
  budget: true,
  labels: true,
  config: true,
}

export interface Fork {
  readonly id: string
  readonly workflow: string
  readonly input: JsonValue
  readonly terms: Terms
}

/** What a fork is to be, and the configuration to which its model is held where that is at hand. */
export interface ForkPlan extends ForkOptions {
  readonly config?: Configuration | undefined
}

/**
 * @throws StoreProblem when the store has no such run; ConfigurationProblem for a model that the class does not list; NoSuchStep when the run
 * has no answer to that step, when the step sums up what came before, or when the content of the run, or of one that it was forked from, was
 * purged.
 */
export async function planFork(store: Store, runId: string, { config, ...options }: ForkPlan): Promise<Fork> {
  const { reports, transcripts } = store
  refuseUnknown(`the fork of ${runId}`, { config, ...options }, FORK_KEYS)
  const { run, found, asked } = await answeredStep(store, { id: runId, key: runId }, options.atStep)
  if (found.sumsUp) throw new NoSuchStep(sumsUpWords(run, found, asked))
  const { lineage, length } = found.transcript
  const all = await transcripts.read({ lineage, length })
  const prompt = forkedPrompt({ ...found, messages: all.slice(0, -1), answer: all.at(-1)!, head: headOf(run, asked) })
  const memory = forkedMemory({ ...found, ...(await choosing(reports, run, found)) }, Date.now())
  const forkedFrom: ForkedFrom = {
    run: run.id,
    step: found.step,
    transcript: { lineage, length: length - 1 },
    prompt,
    ...(memory && { memory }),
    ...(options.actAgain && { actAgain: true }),
    ...(options.budget && { ownBudget: true }),
    ...(options.say !== undefined && { say: givenWords(`what a fork of ${run.id} is told`, options.say) }),
  }
  const budget = options.budget ?? (await reports.limits(run.key)) ?? run.budget
  const id = options.id ?? `${run.id.replaceAll('/', '-')}-fork-${sixLetters()}`
  const terms = termsOf(run, found, { ...options, budget }, forkedFrom)
  if (config) checkModel(config, terms)
  return { id, workflow: run.workflow, input: null, terms }
}

/** What the fork takes over from the run: the draw of its weighted choices, and the key by which vendors cache its prompts. */
async function choosing(
  reports: Store['reports'],
  { key }: RunReport,
  { step }: StepReport,
): Promise<Pick<ForkedStep, 'draw' | 'cacheKey'>> {
  const draw = (await reports.routes(key, step)).at(-1)?.plans[0]?.draw
  // A child's key begins with the one at the top of its tree.
  return { cacheKey: key.split('/')[0]!, ...(draw !== undefined && { draw }) }
}

/** How many messages come before the first answer. For a fork, it is the first answer of the run that it was forked from. */
function headOf({ forkedFrom }: RunReport, [first]: readonly StepReport[]): number {
  return forkedFrom?.prompt?.head ?? (first ? first.transcript.length - 1 : 0)
}

function termsOf(run: RunReport, { taskClass }: StepReport, options: ForkOptions, forkedFrom: ForkedFrom): Terms {
  const { budget = {}, labels = run.labels } = options
  // A binding is to one model of a class: a class that somebody names is meant with all that it lists.
  const model = options.model ?? (options.taskClass === undefined ? run.model : undefined)
  return {
    workspace: run.workspace,
    labels,
    budget,
    taskClass: options.taskClass ?? taskClass,
    ...policyOf(run),
    ...(model !== undefined && { model }),
    forkedFrom,
  }
}

/** The fork of a sealed run is sealed too, even if that was asked for by its workspace, which does not any more. */
function policyOf({ policy, sealed }: RunReport): Pick<Terms, 'policy'> {
  if (sealed) return { policy: { ...policy, zdr: true } }
  return policy ? { policy } : {}
}

function sumsUpWords({ id }: RunReport, { step }: StepReport, steps: readonly StepReport[]): string {
  const next = steps.find(each => each.step > step)
  const before = steps.findLast(each => each.step < step)
  const ways = [
    ...(next ? [`step ${next.step} continues with that summary`] : []),
    ...(before ? [`step ${before.step} with what it sums up`] : []),
  ]
  return `step ${step} of run ${id} sums up what came before, and cannot be continued from; ${ways.join(', ')}`
}
