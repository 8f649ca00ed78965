/**
 * Estimates how many tokens a prompt has.
 *
 * @module
 */
import type { RoutingMemory } from '../../protocol.ts'

/** Added to every estimate. 10 %: about what an estimate by characters is off on mixed prose and JSON. */
const ESTIMATE_MARGIN = 0.1

/** A prompt, and what is known of its beginning from the last call. */
export interface PromptEstimateInput {
  /** From the run's memory: the exact prompt of the last answer and the messages that it covers. */
  readonly known?: RoutingMemory['known']
  /** The number of messages in the prompt. */
  readonly length: number
  /** Estimates the messages from an index on; from 0 on with the tools and the system prompt. */
  readonly tokensFrom: (index: number) => number
}

/**
 * The prompt's tokens: the part that is known exactly, plus an estimate of what is new, with {@link ESTIMATE_MARGIN}. If nothing is known,
 * or the transcript is now shorter, all of it is estimated.
 *
 * The exact part is as the endpoint counted that answered. Other models count differently; a fault `context-too-long` and the upper bound
 * of reservations cover that.
 */
export function estimatePrompt({ known, length, tokensFrom }: PromptEstimateInput): number {
  if (!known || known.length > length) return withMargin(tokensFrom(0))
  return known.promptTokens + (known.length === length ? 0 : withMargin(tokensFrom(known.length)))
}

function withMargin(tokens: number): number {
  return tokens + Math.ceil(tokens * ESTIMATE_MARGIN)
}
