/**
 * How much output a model gives at once, as vendors say when they are asked for more.
 *
 * @module
 */
import type { Fault } from '../../core/faults/fault.ts'
import { ownWords } from './vendors-words.ts'

const MOST_OUTPUT = [
  // OpenAI, Anthropic, DeepSeek, Alibaba, Groq, Cohere, Amazon, Ollama
  /^max_(?:completion_)?tokens is too large: \d+\. This model supports at most (\d+) completion tokens/,
  /^Invalid 'max_(?:output_|completion_)?tokens': integer above maximum value\. Expected a value <= (\d+)/,
  /^(?:The model returned the following errors: )?max_tokens: \d+ > (\d+), which is the maximum allowed number of output tokens/,
  /^Invalid max_tokens value, the valid range of max_tokens is \[1, ?(\d+)\]/,
  /^(?:<400> )?(?:[\w.]+: )?Range of max_tokens should be \[1, ?(\d+)\]/,
  /^`max_(?:completion_)?tokens` must be less than or equal to `(\d+)`/,
  /^too many tokens: max tokens must be less than or equal to (\d+)/,
  /^The maximum tokens you requested exceeds the model limit of (\d+)/,
  /^max_tokens \(\d+\) exceeds model's maximum output tokens \((\d+)\)/,
] as const

/** Vertex names the smallest number that is too much. */
const LEAST_TOO_MUCH =
  /^Unable to submit request because it has a maxOutputTokens value of \d+ but the supported range is from 1 \(inclusive\) to (\d+) \(exclusive\)/

/** The output limit that a message names; `undefined` if the message is about something else. */
export function mostOutputIn(message: string): number | undefined {
  const said = ownWords(message)
  const most = MOST_OUTPUT.map(words => words.exec(said)?.[1]).find(found => found !== undefined)
  if (most !== undefined) return Number(most)
  const tooMuch = LEAST_TOO_MUCH.exec(said)?.[1]
  return tooMuch === undefined ? undefined : Number(tooMuch) - 1
}

/**
 * The fault with the most output that the call itself may ask for. Packages add reasoning to what a call asks for, and vendors'
 * limits include it, so that difference is taken off. It is left out if nothing remains, or no less than was asked for: that
 * would be refused again.
 *
 * @param sent - The limit as it was sent.
 */
export function withMostOfCall(fault: Fault, asked: number | undefined, sent = asked): Fault {
  const { mostOutputTokens, ...evidence } = fault.evidence
  if (mostOutputTokens === undefined || asked === undefined || sent === undefined) return fault
  const most = mostOutputTokens - Math.max(0, sent - asked)
  return { ...fault, evidence: most > 0 && most < asked ? { ...evidence, mostOutputTokens: most } : evidence }
}
