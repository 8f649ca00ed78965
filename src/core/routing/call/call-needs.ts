/**
 * What a call needs of an endpoint, from its settings and its class.
 *
 * @module
 */
import type { Ability } from '../../endpoints.ts'
import type { CallSettings } from '../../protocol.ts'
import type { TaskClass } from '../../task-class.ts'

/** What a call needs of an endpoint. */
export interface CallNeeds {
  readonly promptTokens: number
  /** The output that the call asks for, in tokens. */
  readonly outputTokens: number
  readonly abilities: readonly Ability[]
  /** Set if there is a money limit, so that endpoints without a known price are rejected. */
  readonly knownPrice?: boolean
  /** The same for these providers only, because a budget limits what is spent there. */
  readonly knownPriceAt?: readonly string[]
}

/** What is known of a call before it is planned. */
export interface NeedsInput {
  readonly taskClass: TaskClass
  readonly settings?: CallSettings
  /** The estimated tokens of the prompt; see `estimatePrompt`. */
  readonly promptTokens: number
  readonly tools?: boolean
  /** Whether the answer must satisfy a schema. JSON mode is enough, because answers are checked anyway. */
  readonly schema?: boolean
  readonly images?: boolean
  readonly moneyLimited?: boolean
  /** Providers at which spending is limited. */
  readonly moneyLimitedAt?: readonly string[]
}

/**
 * The needs of a call. If neither the call nor its class limits the output, an endpoint must have room for the class's `minOutputTokens`,
 * and only the vendor's limit applies beyond that. Reasoning is never a need: models without it are asked without it.
 */
export function callNeeds(input: NeedsInput): CallNeeds {
  const { taskClass, settings, promptTokens } = input
  const abilities: Ability[] = []
  if (input.tools) abilities.push('tools')
  if (input.schema) abilities.push('json-object')
  if (input.images) abilities.push('images')
  return {
    promptTokens,
    outputTokens: settings?.maxOutputTokens ?? taskClass.maxOutputTokens ?? taskClass.minOutputTokens,
    abilities,
    ...(input.moneyLimited && { knownPrice: true }),
    ...(input.moneyLimitedAt?.length && { knownPriceAt: input.moneyLimitedAt }),
  }
}
