/**
 * What an attempt may come to at most, by what is about to leave.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { Message } from '../../../src/core/messages.ts'
import { mostWithin } from '../../../src/core/money/cost.ts'
import { worstCase } from '../../../src/core/money/worst-case.ts'
import type { Outgoing, WorstCase } from '../../../src/core/ports.ts'
import { BATCH_PERCENT } from '../../../src/core/vendor-batch.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'

/** An attempt, as far as its worst case depends on it. */
interface Leaving {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly maxOutputTokens: number
}

/**
 * The most that a request may cost, before it is sent. The output limit is taken from the request's body, because packages add to
 * it for reasoning. The prompt is the exact count of its known prefix, tools included, plus an upper bound of what is new.
 */
export function worstOf(ports: CallModelPorts, prepared: Prepared, leaving: Leaving, outgoing: Outgoing): WorstCase {
  const { endpoint, prompt } = leaving
  const maxOutputTokens = outgoing.maxOutputTokens ?? endpoint.maxOutput ?? leaving.maxOutputTokens
  const { known } = prepared
  const { model, like = model, contextWindow } = endpoint
  const warm = known?.endpoint === endpoint.id && known.length <= prompt.length ? known : undefined
  const from = warm?.length ?? 0
  const added = from === 0 ? [...prompt, ...besidePrompt(prepared)] : prompt.slice(from)
  const addedTokens = ports.tokens.bound(added, from === 0 ? prepared.tools : [], like, contextWindow)
  const promptTokens = (warm?.promptTokens ?? 0) + addedTokens
  const pico = worstCase({ promptTokens, maxOutputTokens, price: endpoint.price })
  const tokens = promptTokens + maxOutputTokens
  if (pico !== undefined) return { tokens, pico: mostWithin(pico, mostPercent(outgoing)).toString() }
  return { tokens, ...(endpoint.unpriced === 'allow' && { unpriced: true as const }) }
}

/**
 * The highest price that may apply, in percent of the usual one. The vendor may not grant a cheaper tier, but what it takes into a batch
 * has the price of one.
 */
export function mostPercent({ priceRange, inBatch }: Outgoing): number {
  return Math.max(inBatch ? BATCH_PERCENT : 100, priceRange?.mostPercent ?? 100)
}

/** Longer than the words that providers write around a schema, or for a choice of tools. */
const WORDS = ' '.repeat(512)

/** What a vendor may count besides messages and tools: the answer's schema, and the words for it or for a choice of tools. */
function besidePrompt({ schema, input }: Prepared): readonly Message[] {
  if (!schema && input.toolChoice === undefined) return []
  return [{ role: 'system', content: `${WORDS}${schema ? schema.name + JSON.stringify(schema.json) : ''}` }]
}
