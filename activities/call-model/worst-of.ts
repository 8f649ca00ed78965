/**
 * What an attempt may come to at most, by what is about to leave.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { Message } from '../../src/core/messages.ts'
import { mostWithin } from '../../src/core/money/cost.ts'
import { worstCase } from '../../src/core/money/worst-case.ts'
import type { Outgoing, WorstCase } from '../../src/core/ports.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepared.ts'

/** An attempt, as far as its worst case depends on it. */
interface Leaving {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly maxOutputTokens: number
}

/**
 * The worst case of what is about to leave: its real output limit out of the body, since packages add to what was asked
 * for reasoning, and for the prompt the exact count of the known prefix, its tools included, plus a bound of what is new.
 */
export function worstOf(ports: CallModelPorts, prepared: Prepared, leaving: Leaving, outgoing: Outgoing): WorstCase {
  const { endpoint, prompt } = leaving
  const maxOutputTokens = outgoing.maxOutputTokens ?? endpoint.maxOutput ?? leaving.maxOutputTokens
  const { known } = prepared
  const { model, contextWindow } = endpoint
  const warm = known?.endpoint === endpoint.id && known.length <= prompt.length ? known : undefined
  const from = warm?.length ?? 0
  const added = from === 0 ? [...prompt, ...besidePrompt(prepared)] : prompt.slice(from)
  const addedTokens = ports.tokens.bound(added, from === 0 ? prepared.tools : [], model, contextWindow)
  const promptTokens = (warm?.promptTokens ?? 0) + addedTokens
  const pico = worstCase({ promptTokens, maxOutputTokens, price: endpoint.price })
  const tokens = promptTokens + maxOutputTokens
  if (pico !== undefined) return { tokens, pico: mostWithin(pico, mostPercent(outgoing)).toString() }
  return { tokens, ...(endpoint.unpriced === 'allow' && { unpriced: true as const }) }
}

/** How dear it may become, in percent of the usual prices: never below 100, for a vendor may not grant a cheaper tier. */
export function mostPercent({ priceRange }: Outgoing): number {
  return Math.max(100, priceRange?.mostPercent ?? 100)
}

/** Stands for what providers write around a schema in words, or of a choice of tools: both are shorter. */
const WORDS = ' '.repeat(512)

/** What a vendor may count besides messages and tools: the answer's schema, as one or in words, and a choice of tools in words. */
function besidePrompt({ schema, input }: Prepared): readonly Message[] {
  if (!schema && input.toolChoice === undefined) return []
  return [{ role: 'system', content: `${WORDS}${schema ? schema.name + JSON.stringify(schema.json) : ''}` }]
}
