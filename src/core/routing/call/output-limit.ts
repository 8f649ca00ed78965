/**
 * How much output a call asks for at an endpoint.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'

/**
 * The output of a call if neither its class nor its settings name a limit: enough for a long article, and small enough for a budget to
 * reserve.
 */
export const DEFAULT_OUTPUT_TOKENS = 8_192

/** The output to ask for: what the call wants, within the model's limit and the room that the prompt leaves. At least 1. */
export function outputLimitAt(endpoint: Endpoint, promptTokens: number, maxOutputTokens: number): number {
  const { maxOutput = maxOutputTokens, contextWindow } = endpoint
  const room = contextWindow === undefined ? Number.POSITIVE_INFINITY : contextWindow - promptTokens
  return Math.max(1, Math.min(maxOutputTokens, maxOutput, room))
}
