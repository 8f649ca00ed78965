/**
 * By which rule an endpoint cannot serve a call. No words are made here: most rejections are never read.
 *
 * @module
 */
import { abilityBits, heldBits } from '../abilities.ts'
import type { Ability, Endpoint } from '../endpoints.ts'
import { policyBreach } from '../policy-breach.ts'
import type { ClassNeeds } from '../task-class.ts'
import { worksUnderMoneyLimit } from './roster.ts'
import type { CallNeeds, PlanInput, Rejection } from './route.ts'

/** The rejection of an endpoint whose model the class does not list: the commonest of all, hence one object. */
export const NOT_IN_CLASS: Rejection = { rule: 'not-in-class' }

/**
 * The first rule that an endpoint of the class falls to which does not meet what the call demands. Health comes after
 * all of these, so that a passing rejection means an endpoint that is otherwise fit.
 */
export function rejectionOf(endpoint: Endpoint, input: PlanInput): Rejection {
  const { needs, taskClass, policies } = input
  const rejection =
    windowRejection(endpoint, needs, taskClass.needs) ??
    outputRejection(endpoint, needs, taskClass.needs) ??
    abilityRejection(endpoint, needs, taskClass.needs) ??
    priceRejection(endpoint, needs) ??
    breachRejection(endpoint, policies)
  if (!rejection) throw new Error(`${endpoint.id} meets every rule and was rejected. This is a bug`)
  return rejection
}

/** A window that nobody knows is trusted with a call, but not with what a class demands. */
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

function abilityRejection(endpoint: Endpoint, needs: CallNeeds, classNeeds: ClassNeeds): Rejection | undefined {
  const missing = missingAbility(endpoint, needs.abilities) ?? missingAbility(endpoint, classNeeds.abilities)
  return missing && { rule: 'ability', missing }
}

function missingAbility({ abilities }: Endpoint, needed: readonly Ability[] = []): Ability | undefined {
  if (needed.length === 0) return undefined
  const has = heldBits(abilities)
  return needed.find(ability => (has & abilityBits([ability])) === 0)
}

const UNKNOWN_PRICE: Rejection = { rule: 'unknown-price' }

function priceRejection(endpoint: Endpoint, needs: CallNeeds): Rejection | undefined {
  if (!needs.knownPrice && !needs.knownPriceAt?.includes(endpoint.provider)) return undefined
  return worksUnderMoneyLimit(endpoint) ? undefined : UNKNOWN_PRICE
}

function breachRejection(endpoint: Endpoint, policies: PlanInput['policies']): Rejection | undefined {
  const breach = policyBreach(endpoint, policies)
  return breach && { rule: 'policy', breach }
}
