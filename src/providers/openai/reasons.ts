import { bareNames } from '../../core/endpoint-id.ts'
import type { Endpoint } from '../../core/endpoints.ts'

/** Those of OpenAI's that reason, as its package tells them apart. */
const REASON = /^(?:o\d|gpt-(?:5(?!-chat)|[6-9]))/

/**
 * Tells the package that a model reasons, where its id on the wire is a name that the user gave to a deployment. It would drop the degree,
 * and send what these models refuse: `temperature`, and in chat completions `max_tokens`.
 */
export function withReasoningKnown(endpoint: Endpoint): { forceReasoning?: true } {
  if (!endpoint.abilities.includes('reasoning') || REASON.test(endpoint.upstream)) return {}
  return bareNames(endpoint).some(name => REASON.test(name)) ? { forceReasoning: true } : {}
}
