/**
 * Which endpoints a class is left with before any call is made, and what became of the others.
 *
 * @module
 */
import { endpointBits, missingAbility } from '../../../core/abilities.ts'
import type { Endpoint } from '../../../core/endpoints.ts'
import type { PolicyAt } from '../../../core/policy/policy.ts'
import { policyBreach } from '../../../core/policy/policy-breach.ts'
import type { ClassNeeds, TaskClass } from '../../../core/task-class.ts'
import type { Offer } from '../providers/resolve-endpoints.ts'

/** An endpoint with the reason why nobody can ask it now, if there is one. */
export interface Candidate extends Offer {
  readonly disabled?: string
}

export interface Fallen {
  readonly endpoint: Endpoint
  readonly why: string
  /** Why its provider is disabled, if it is. */
  readonly disabled?: string
}

export interface Left {
  readonly left: readonly Endpoint[]
  readonly fallen: readonly Fallen[]
}

/** Sorts the endpoints of a class's models (of every offered one, if it names none) into fit and fallen. */
export function endpointsLeft(
  taskClass: TaskClass,
  candidates: readonly Candidate[],
  policies: readonly PolicyAt[],
): Left {
  const left: Endpoint[] = []
  const fallen: Fallen[] = []
  for (const candidate of candidates) {
    if (taskClass.models ? !taskClass.models.includes(candidate.endpoint.model) : !candidate.offered) continue
    const why = reasonAgainst(candidate, taskClass.needs, policies)
    if (why === undefined) left.push(candidate.endpoint)
    else fallen.push({ endpoint: candidate.endpoint, why, disabled: candidate.disabled })
  }
  return { left, fallen }
}

function reasonAgainst(
  { endpoint, disabled }: Candidate,
  needs: ClassNeeds,
  policies: readonly PolicyAt[],
): string | undefined {
  if (disabled !== undefined) return `provider disabled: ${disabled}`
  const breach = policyBreach(endpoint, policies)
  if (breach) return `${breach.rule} of the ${breach.level} policy (${breach.found}; allowed: ${breach.allowed})`
  return unmetNeed(endpoint, needs)
}

function unmetNeed(endpoint: Endpoint, needs: ClassNeeds): string | undefined {
  const missing = missingAbility(endpointBits(endpoint.abilities), needs.abilities)
  if (missing) return `lacks ability ${missing}`
  return (
    tooSmall('contextWindow', endpoint.contextWindow, needs.contextWindow) ??
    tooSmall('maxOutput', endpoint.maxOutput, needs.maxOutput)
  )
}

function tooSmall(what: string, has: number | undefined, needed: number | undefined): string | undefined {
  if (needed === undefined || (has !== undefined && has >= needed)) return undefined
  return `${what} is ${has ?? 'unknown'}, ${needed} needed`
}

/** `acme:acme/large: zdr of the class policy (30d; allowed: none); …`, at most ten of them. */
export function describeFallen(fallen: readonly Fallen[]): string {
  const shown = fallen.slice(0, MOST_SHOWN).map(({ endpoint, why }) => `${endpoint.id}: ${why}`)
  const more = fallen.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

const MOST_SHOWN = 10
