/**
 * How long an agent's prompts may grow, from its limits and from the endpoints that may be asked.
 *
 * @module
 */
import { endpointBits, missingAbility } from '../abilities.ts'
import type { Endpoint, Price } from '../endpoints.ts'
import type { AgentPlan, PromptBounds } from '../protocol.ts'
import { cachesOnlyMarked, marksPay } from '../routing/cache/cache-marks.ts'
import { DEFAULT_OUTPUT_TOKENS } from '../routing/call/output-limit.ts'
import { servingClasses } from '../routing/class/choose-class.ts'
import type { Directory, TaskClass } from '../task-class.ts'

/** The task class of summaries, if the configuration has it and the agent names no other. */
const COMPACTION_CLASS = 'compaction'

/** How much of the window, without the room for the answer, a prompt may fill. Estimates of prompts are about 10 % off. */
const CEILING_SHARE = 0.9

/**
 * Windows smaller than this share of the largest one in the class do not lower the ceiling. Such an endpoint serves short prompts, and
 * routing rejects it for longer ones.
 */
const SMALL_WINDOW_SHARE = 0.25

/** How many of the last steps keep their results, so that the model has what it works on. */
const KEPT_STEPS = 3

/** What most vendors charge for a cached token, as a share of a new one. Assumed if a price is unknown. */
const USUAL_CACHED_SHARE = 0.1

/**
 * The bounds of an agent's prompts; `undefined` if no window is known and the agent sets no limit.
 *
 * @param model - The model that the run is bound to: `author/name`, or an endpoint's id.
 */
export function promptBounds(directory: Directory, plan: AgentPlan, model?: string): PromptBounds | undefined {
  const serving = servingClasses(directory.classes, plan.taskClass)
  if (serving.length === 0) return undefined
  const asked = model === undefined ? directory.endpoints : directory.endpoints.filter(isOne(model))
  const served = serving.map(taskClass => ({ taskClass, endpoints: endpointsOf(asked, taskClass, plan) }))
  const endpoints = served.flatMap(each => each.endpoints)
  const ceiling = plan.limits.promptTokens ?? ceilingOf(served, plan.settings?.maxOutputTokens)
  if (ceiling === undefined) return undefined
  const configured = directory.classes[COMPACTION_CLASS] ? COMPACTION_CLASS : plan.taskClass
  return {
    ceiling,
    keptSteps: plan.limits.keptSteps ?? KEPT_STEPS,
    cachedShare: cachedShare(endpoints),
    compactionClass: plan.compaction ?? configured,
  }
}

function isOne(name: string) {
  return ({ id, model }: Endpoint) => id === name || model === name
}

function endpointsOf(endpoints: readonly Endpoint[], { models, needs }: TaskClass, { tools, agents = [] }: AgentPlan) {
  const able =
    tools.length + agents.length > 0 ? ['tools' as const, ...(needs.abilities ?? [])] : (needs.abilities ?? [])
  return endpoints.filter(
    ({ model, contextWindow = 0, abilities }) =>
      (models?.includes(model) ?? true) &&
      contextWindow >= (needs.contextWindow ?? 0) &&
      missingAbility(endpointBits(abilities), able) === undefined,
  )
}

/** A class with the endpoints that may serve its calls. */
interface Served {
  readonly taskClass: TaskClass
  readonly endpoints: readonly Endpoint[]
}

function ceilingOf(served: readonly Served[], limit: number | undefined) {
  const windows = served.flatMap(({ taskClass, endpoints }) => roomsIn(endpoints, limit ?? taskClass.maxOutputTokens))
  const least = Math.max(...windows) * SMALL_WINDOW_SHARE
  const usable = windows.filter(window => window > 0 && window >= least)
  return usable.length === 0 ? undefined : Math.floor(Math.min(...usable) * CEILING_SHARE)
}

/** The room for a prompt at each endpoint whose window is known, in tokens. */
function roomsIn(endpoints: readonly Endpoint[], limit: number | undefined): readonly number[] {
  return endpoints.flatMap(({ contextWindow, maxInput, maxOutput = DEFAULT_OUTPUT_TOKENS }) => {
    if (contextWindow === undefined) return []
    const output = limit ?? Math.min(DEFAULT_OUTPUT_TOKENS, maxOutput)
    return [Math.min(contextWindow - output, maxInput ?? contextWindow)]
  })
}

/**
 * The price of a cached token as a share of a new one's, at the first endpoint with both prices; the usual share if none has both. 1 if
 * that endpoint, or one before it, caches only marked prompts and marks do not pay there.
 */
function cachedShare(endpoints: readonly Endpoint[]): number {
  for (const endpoint of endpoints) {
    if (cachesOnlyMarked(endpoint) && !marksPay(endpoint)) return 1
    const share = endpoint.price && shareAt(endpoint.price)
    if (share !== undefined) return share
  }
  return USUAL_CACHED_SHARE
}

function shareAt({ cachedInput, cacheWrite, input }: Price): number | undefined {
  const anew = cacheWrite ?? input
  if (cachedInput === undefined || anew === undefined || anew === 0) return undefined
  return Math.min(1, cachedInput / anew)
}
