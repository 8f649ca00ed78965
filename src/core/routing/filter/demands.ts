/**
 * What a call demands of endpoints. Put together once per plan, so that checking an endpoint takes only a few comparisons.
 *
 * @module
 */
import { abilityBits } from '../../abilities.ts'
import type { PlanInput } from '../call/plan-input.ts'
import { type BatchDemand, batchRejection } from './in-batch.ts'
import { type PolicyColumn, policyColumn } from './policy-column.ts'
import type { Roster } from './roster.ts'

/** The needs of a call and of its class, combined with the policies of all levels. */
export interface Demands {
  /** The call's need, in tokens. An endpoint with an unknown window is assumed to meet it. */
  readonly window: number
  readonly input: number
  readonly output: number
  /** The class's need, in tokens; 0 if it has none. An endpoint with an unknown window does not meet it. */
  readonly classWindow: number
  readonly classOutput: number
  readonly abilities: number
  readonly knownPrice: boolean
  /** The only providers at which a known price is demanded. */
  readonly knownPriceAt: readonly string[]
  readonly policies: PolicyColumn
  /** Set if only endpoints with a batch interface will do. */
  readonly batch?: BatchDemand
}

const NOWHERE: readonly string[] = []

export function demandsOf(roster: Roster, { needs, taskClass, policies }: PlanInput): Demands {
  const { batchMs } = taskClass
  const { contextWindow = 0, maxOutput = 0, abilities = [] } = taskClass.needs
  return {
    window: needs.promptTokens + needs.outputTokens,
    input: needs.promptTokens,
    output: needs.outputTokens,
    classWindow: contextWindow,
    classOutput: maxOutput,
    abilities: abilityBits(needs.abilities) | abilityBits(abilities),
    knownPrice: needs.knownPrice === true,
    knownPriceAt: needs.knownPriceAt ?? NOWHERE,
    policies: policyColumn(roster, policies),
    ...(batchMs !== undefined && { batch: { policies } }),
  }
}

/** Whether the endpoint at a place of the roster meets all demands. Comparisons with NaN, which stands for unknown, are false. */
export function meets(roster: Roster, at: number, demands: Demands): boolean {
  const window = roster.contextWindow[at]!
  if (window < demands.window || (demands.classWindow > 0 && !(window >= demands.classWindow))) return false
  if (roster.maxInput[at]! < demands.input) return false
  const output = roster.maxOutput[at]!
  if (output < demands.output || (demands.classOutput > 0 && !(output >= demands.classOutput))) return false
  if ((roster.abilities[at]! & demands.abilities) !== demands.abilities) return false
  if (roster.priced[at] === 0 && demandsPrice(demands, roster.endpoints[at]!.provider)) return false
  if (demands.batch && batchRejection(roster.endpoints[at]!, demands.batch)) return false
  return demands.policies.admitted[at] === 1
}

function demandsPrice({ knownPrice, knownPriceAt }: Demands, provider: string): boolean {
  return knownPrice || knownPriceAt.includes(provider)
}
