/**
 * Plans a call's route and its room for output.
 *
 * @module
 */
import { type MoneyLimits, moneyLimitsOf } from '../../../src/core/budgets/shared-budget.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { Message } from '../../../src/core/messages.ts'
import { needsEyes } from '../../../src/core/parts.ts'
import { type CallNeeds, callNeeds } from '../../../src/core/routing/call/call-needs.ts'
import { estimatePrompt } from '../../../src/core/routing/call/estimate-prompt.ts'
import { DEFAULT_OUTPUT_TOKENS, outputLimitAt } from '../../../src/core/routing/call/output-limit.ts'
import type { PlanInput } from '../../../src/core/routing/call/plan-input.ts'
import { planRoute } from '../../../src/core/routing/plan-route.ts'
import { noRouteFault } from '../../../src/core/routing/route/no-route-fault.ts'
import { NO_ROUTE, type Route } from '../../../src/core/routing/route/route.ts'
import { filesShown } from '../../../src/core/tools/tool-content.ts'
import { spenderOf } from '../money/shared-budgets.ts'
import type { CallModelPorts } from '../ports.ts'
import { blockedFault, screenFor } from '../prepare/content.ts'
import type { Prepared } from '../prepare/prepared.ts'
import { mostOutputOf } from './most-output.ts'

/** How much more output a truncated answer is given once. */
const MORE_OUTPUT = 4

/** A call's route, and how much output each endpoint may give. */
export interface Plan {
  readonly route: Route
  readonly needs: CallNeeds
  /** What the route was made from; absent where the call's own words keep it from everybody. */
  readonly planInput?: PlanInput
  /** The endpoint that would be asked first; empty when there is none. */
  readonly planned: string
  /** As estimated, with what is known exactly. */
  readonly promptTokens: number
  readonly maxOutputTokens: number
  endpoint(id: string): Endpoint
  /** The limit for this endpoint: what is asked for, within the model's limit and the room that the prompt leaves. */
  outputAt(endpoint: Endpoint, maxOutputTokens: number): number
  /** What it gives at most, where it is known to refuse as much as the call asks for. */
  lessOutputAt(endpoint: Endpoint): number | undefined
  /** Whether a truncated answer may be asked for again with more room: a limit that somebody set is kept. */
  canGrow(endpointId: string, maxOutputTokens: number): boolean
  moreOutput(endpointId: string, maxOutputTokens: number): number
  /** Why the route has no candidates. */
  noRoute(): Fault
}

/** The plan of a call in its class, by the health of this moment. */
export function planCall(ports: CallModelPorts, prepared: Prepared, prompt: readonly Message[]): Plan {
  const needs = needsOf(ports, prepared, prompt)
  const { promptTokens } = needs
  const screened = screenFor(ports, prepared, prompt)
  const blocked = screened.kind === 'blocked' ? blockedFault(screened.blocked) : undefined
  const planInput = blocked ? undefined : planInputOf(ports, prepared, needs)
  const route = planInput ? planRoute(planInput, ports.roster) : NO_ROUTE
  const endpointOf = (id: string) => {
    const endpoint = ports.roster.byId.get(id)
    if (!endpoint) throw new Error(`no endpoint is called '${id}' in this configuration. This is a bug`)
    return endpoint
  }
  return {
    route,
    needs,
    ...(planInput && { planInput }),
    planned: route.candidates[0]?.id ?? '',
    promptTokens,
    endpoint: endpointOf,
    ...outputOf(ports, prepared, promptTokens, endpointOf),
    noRoute: () => blocked ?? noRouteFault(route, prepared.taskClass.name, prepared.call, ports.now()),
  }
}

function outputOf(
  ports: CallModelPorts,
  prepared: Prepared,
  promptTokens: number,
  endpointOf: Plan['endpoint'],
): Pick<Plan, 'maxOutputTokens' | 'outputAt' | 'lessOutputAt' | 'canGrow' | 'moreOutput'> {
  const limit = prepared.input.settings?.maxOutputTokens ?? prepared.taskClass.maxOutputTokens
  const maxOutputTokens = limit ?? DEFAULT_OUTPUT_TOKENS
  const knownAt = (endpoint: Endpoint) => mostOutputOf(ports, prepared, endpoint)
  const outputAt = (endpoint: Endpoint, most: number) =>
    outputLimitAt(endpoint, promptTokens, Math.min(most, knownAt(endpoint) ?? most))
  return {
    maxOutputTokens,
    outputAt,
    lessOutputAt(endpoint) {
      const most = knownAt(endpoint)
      return most !== undefined && most < outputLimitAt(endpoint, promptTokens, maxOutputTokens) ? most : undefined
    },
    canGrow: (id, now) =>
      limit === undefined && outputAt(endpointOf(id), now * MORE_OUTPUT) > outputAt(endpointOf(id), now),
    moreOutput: (id, now) => outputAt(endpointOf(id), now * MORE_OUTPUT),
  }
}

function promptTokensOf({ tokens }: CallModelPorts, { known, tools }: Prepared, prompt: readonly Message[]): number {
  const tokensFrom = (index: number) => tokens.estimate(prompt.slice(index), index === 0 ? tools : [])
  return estimatePrompt({ known, length: prompt.length, tokensFrom })
}

/** What the call asks of an endpoint, its prompt estimated. */
export function needsOf(ports: CallModelPorts, prepared: Prepared, prompt: readonly Message[]): CallNeeds {
  const { input, taskClass, tools, schema } = prepared
  return callNeeds({
    taskClass,
    promptTokens: promptTokensOf(ports, prepared, prompt),
    tools: tools.length > 0,
    schema: schema !== undefined,
    images: prompt.some(hasImage),
    ...moneyLimits(ports, prepared),
    ...(input.settings && { settings: input.settings }),
  })
}

function planInputOf(
  { roster, health, now }: CallModelPorts,
  { input, taskClass, policies, known }: Prepared,
  needs: CallNeeds,
): PlanInput {
  const { endpoints } = roster
  const { draw } = input.memory
  return { endpoints, taskClass, needs, policies, health: health.now(), draw, known, nowMs: now() }
}

/** A limit of the run holds at every provider. */
function moneyLimits({ directory }: CallModelPorts, prepared: Prepared): MoneyLimits {
  const shared = moneyLimitsOf(directory.budgets, spenderOf(prepared))
  return { ...shared, moneyLimited: shared.moneyLimited || prepared.input.run.moneyLimited === true }
}

function hasImage({ role, content }: Message): boolean {
  if (role === 'user') return content.some(part => part.type === 'file' && needsEyes(part))
  return role === 'tool' && content.some(part => part.type === 'tool-result' && filesShown(part.output).some(needsEyes))
}
