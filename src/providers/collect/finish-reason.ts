/**
 * Why an answer ended, where its package does not know the vendor's word for it.
 *
 * @module
 */
import type { LanguageModelV4FinishReason } from '@ai-sdk/provider'

type Reason = LanguageModelV4FinishReason['unified']

/**
 * Words of vendors that packages pass on as `other`, and what they say. Taken for an end like any other, half an answer would be
 * sold as a whole one.
 */
const WORDS: ReadonlyMap<string, Reason> = new Map([
  // OpenRouter and Mistral
  ['error', 'error'],
  // vLLM and SGLang, of a request that the server gave up
  ['abort', 'interrupted'],
  // DeepSeek
  ['insufficient_system_resource', 'interrupted'],
  // Zhipu
  ['network_error', 'interrupted'],
  ['sensitive', 'content-filter'],
  ['model_context_window_exceeded', 'length'],
  // Cohere
  ['timeout', 'interrupted'],
  // Amazon Bedrock
  ['malformed_model_output', 'interrupted'],
  ['malformed_tool_use', 'interrupted'],
  // Google
  ['other', 'interrupted'],
  ['malformed_response', 'interrupted'],
  ['unexpected_tool_call', 'interrupted'],
  ['too_many_tool_calls', 'interrupted'],
  ['missing_thought_signature', 'interrupted'],
  ['language', 'content-filter'],
  // Responses, as the status of an answer
  ['incomplete', 'interrupted'],
  ['cancelled', 'interrupted'],
  ['in_progress', 'interrupted'],
  ['queued', 'interrupted'],
  ['failed', 'error'],
  // Mistral, of its context window
  ['model_length', 'length'],
  // Anthropic's, Google's and Amazon's through gateways that hand them on
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['refusal', 'content-filter'],
  ['safety', 'content-filter'],
  ['recitation', 'content-filter'],
  ['blocklist', 'content-filter'],
  ['prohibited_content', 'content-filter'],
  ['spii', 'content-filter'],
  ['content_filtered', 'content-filter'],
  ['guardrail_intervened', 'content-filter'],
])

/**
 * The package's reason, or what the vendor's own word says where that is `other`. A word that nobody knows stays `other`.
 *
 * @param endWord - Goes before a reason that speaks of a whole answer.
 */
export function reasonOf({ unified, raw }: LanguageModelV4FinishReason, endWord: string | undefined): Reason {
  const seemsWhole = unified === 'stop' || unified === 'tool-calls' || unified === 'other'
  const ended = seemsWhole && endWord !== undefined ? WORDS.get(endWord) : undefined
  return ended ?? ((unified === 'other' && WORDS.get(raw?.toLowerCase() ?? '')) || unified)
}
