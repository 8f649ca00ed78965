/**
 * Chooses which endpoints of a configuration are asked, and says what that costs at most.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import { formatUsd } from '../../core/money/pico.ts'
import { policyBreach } from '../../core/policy/policy-breach.ts'
import { policyLevels } from '../../core/policy/policy-levels.ts'
import { mostOf, questionsFor } from './questions.ts'

/** Whom to ask. */
export interface LiveOptions {
  /** Only these endpoints or providers. @defaultValue those of the models that classes name; of all, where no class names any */
  readonly only?: readonly string[]
  /** Every endpoint of the configuration, where `only` names none. @defaultValue `false` */
  readonly all?: boolean
  /** Also those without a known price. @defaultValue `false` */
  readonly unpriced?: boolean
}

/** What will be asked, and what that costs at most. */
export interface LivePlan {
  readonly endpoints: readonly Endpoint[]
  readonly questions: number
  /** In USD, of those with a known price. */
  readonly atMostUsd: string
  /** Endpoints that are asked without a known price: of their cost nobody knows more than that it is for some 500 tokens a question. */
  readonly unpriced: readonly string[]
  /** Those that are not asked, for want of a known price. */
  readonly refused: readonly string[]
  /** Endpoints that the global policy or that of their own key forbids: they are not asked. */
  readonly forbidden: readonly string[]
}

export function planLive({ directory }: Configuration, { only, all, unpriced }: LiveOptions = {}): LivePlan {
  const named = new Set(Object.values(directory.classes).flatMap(({ models }) => models ?? []))
  const isChosen = ({ id, provider, model }: Endpoint) =>
    only ? only.includes(id) || only.includes(provider) : all || named.size === 0 || named.has(model)
  const chosen = directory.endpoints.filter(isChosen)
  const levels = policyLevels(directory, { classes: [] })
  const admitted = chosen.filter(endpoint => !policyBreach(endpoint, levels))
  const priced = admitted.filter(endpoint => !mostOfAll(endpoint).includes(undefined))
  const endpoints = unpriced ? admitted : priced
  const costs = endpoints.flatMap(mostOfAll)
  const idsWithout = (some: readonly Endpoint[], taken: readonly Endpoint[]) =>
    some.filter(endpoint => !taken.includes(endpoint)).map(({ id }) => id)
  return {
    endpoints,
    questions: costs.length,
    atMostUsd: formatUsd(costs.reduce<bigint>((sum, cost) => sum + (cost ?? 0n), 0n)),
    unpriced: idsWithout(endpoints, priced),
    refused: idsWithout(admitted, endpoints),
    forbidden: idsWithout(chosen, admitted),
  }
}

function mostOfAll(endpoint: Endpoint): readonly (bigint | undefined)[] {
  return questionsFor(endpoint).map(question => mostOf(endpoint, question))
}
