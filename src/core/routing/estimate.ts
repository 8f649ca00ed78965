/**
 * How many tokens a prompt has, before anyone has counted.
 *
 * @module
 */
import type { RoutingMemory } from '../protocol.ts'

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
 * The prompt's tokens: what is known exactly, and an estimate with {@link ESTIMATE_MARGIN} of what is new. Without
 * knowledge, or after a move to a shorter transcript, the whole is estimated.
 *
 * The count is exact for the endpoint that gave it; other models' counts differ, which the provider's own
 * context-too-long and the reservation's upper bound stand in for.
 */
export function estimatePrompt({ known, length, tokensFrom }: PromptEstimateInput): number {
  if (!known || known.length > length) return withMargin(tokensFrom(0))
  return known.promptTokens + (known.length === length ? 0 : withMargin(tokensFrom(known.length)))
}

function withMargin(tokens: number): number {
  return tokens + Math.ceil(tokens * ESTIMATE_MARGIN)
}
