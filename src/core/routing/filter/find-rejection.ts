/**
 * Finds the rule by which an endpoint cannot serve a call. It makes no words, because most rejections are never read.
 *
 * @module
 */
import { missingAbility } from '../../abilities.ts'
import type { Endpoint } from '../../endpoints.ts'
import type { ClassNeeds } from '../../task-class.ts'
import type { CallNeeds } from '../call/call-needs.ts'
import type { PlanInput } from '../call/plan-input.ts'
import type { Demands } from './demands.ts'
import { batchRejection } from './in-batch.ts'
import { policyRejection } from './policy-column.ts'
import type { Rejection } from './rejection.ts'
import { type Roster, worksUnderMoneyLimit } from './roster.ts'

/** The rejection of an endpoint whose model the class does not list. One object for all, because it is by far the commonest. */
export const NOT_IN_CLASS: Rejection = { rule: 'not-in-class' }

/**
 * The first rule that keeps an endpoint of the class from serving the call, if it does not meet the demands. Health is checked after all of
 * these, so a passing rejection means that the endpoint is fit otherwise.
 */
export function rejectionOf(roster: Roster, at: number, demands: Demands, input: PlanInput): Rejection {
  const { needs, taskClass, policies } = input
  const endpoint = roster.endpoints[at]!
  const rejection =
    windowRejection(endpoint, needs, taskClass.needs) ??
    outputRejection(endpoint, needs, taskClass.needs) ??
    abilityRejection(roster.abilities[at]!, needs, taskClass.needs) ??
    priceRejection(endpoint, needs) ??
    (demands.batch && batchRejection(endpoint, demands.batch)) ??
    policyRejection(roster, at, demands.policies, policies)
  if (!rejection) throw new Error(`${endpoint.id} meets every rule and was rejected. This is a bug`)
  return rejection
}

/** An unknown window is assumed to be large enough for a call, but not to meet what a class demands. */
function windowRejection(endpoint: Endpoint, needs: CallNeeds, classNeeds: ClassNeeds): Rejection | undefined {
  const { contextWindow: has, maxInput } = endpoint
  const least = classNeeds.contextWindow
  if (least !== undefined && (has === undefined || has < least)) return { rule: 'context-window', needed: least, has }
  const needed = needs.promptTokens + needs.outputTokens
  if (has !== undefined && has < needed) return { rule: 'context-window', needed, has }
  if (maxInput !== undefined && maxInput < needs.promptTokens)
    return { rule: 'context-window', needed: needs.promptTokens, has: maxInput }
  return undefined
}

function outputRejection(endpoint: Endpoint, needs: CallNeeds, classNeeds: ClassNeeds): Rejection | undefined {
  const { maxOutput: has } = endpoint
  const least = classNeeds.maxOutput
  if (least !== undefined && (has === undefined || has < least)) return { rule: 'max-output', needed: least, has }
  if (has !== undefined && has < needs.outputTokens) return { rule: 'max-output', needed: needs.outputTokens, has }
  return undefined
}

function abilityRejection(has: number, needs: CallNeeds, classNeeds: ClassNeeds): Rejection | undefined {
  const missing = missingAbility(has, needs.abilities) ?? missingAbility(has, classNeeds.abilities)
  return missing && { rule: 'ability', missing }
}

const UNKNOWN_PRICE: Rejection = { rule: 'unknown-price' }

function priceRejection(endpoint: Endpoint, needs: CallNeeds): Rejection | undefined {
  if (!needs.knownPrice && !needs.knownPriceAt?.includes(endpoint.provider)) return undefined
  return worksUnderMoneyLimit(endpoint) ? undefined : UNKNOWN_PRICE
}
