/**
 * Why an answer ended, where its package does not know the vendor's word for it.
 *
 * @module
 */
import type { LanguageModelV4FinishReason } from '@ai-sdk/provider'

type Reason = LanguageModelV4FinishReason['unified']

/**
 * Vendors' words for how an answer ended, which packages pass on as `other` or take for a good end. Taken for a good end, half an
 * answer would count as a whole one.
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
  // Anthropic, of an answer that it goes on with when it is asked again
  ['pause_turn', 'interrupted'],
  ['compaction', 'interrupted'],
  // Google, Vertex
  ['other', 'interrupted'],
  ['malformed_response', 'interrupted'],
  ['unexpected_tool_call', 'interrupted'],
  ['too_many_tool_calls', 'interrupted'],
  ['missing_thought_signature', 'interrupted'],
  ['finish_reason_unspecified', 'interrupted'],
  ['language', 'content-filter'],
  ['model_armor', 'content-filter'],
  ['image_prohibited_content', 'content-filter'],
  ['image_recitation', 'content-filter'],
  // Responses, as the status of an answer, and why it is incomplete
  ['incomplete', 'interrupted'],
  ['cancelled', 'interrupted'],
  ['in_progress', 'interrupted'],
  ['queued', 'interrupted'],
  ['failed', 'error'],
  ['content_filter', 'content-filter'],
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
 * What the vendor's own word says, unless the package has taken it for something worse than an end; else the package's reason. A word
 * that nobody knows stays what it was.
 *
 * @param endWord - Goes before the package's own.
 */
export function reasonOf({ unified, raw = '' }: LanguageModelV4FinishReason, endWord = ''): Reason {
  if (unified !== 'stop' && unified !== 'tool-calls' && unified !== 'other') return unified
  return WORDS.get(endWord) ?? wordIn(raw.toLowerCase()) ?? unified
}

/**
 * The reason that a vendor's word means; of several words, the first one known. Gemini's in OpenAI's format look like
 * `content_filter: PROHIBITED_CONTENT`.
 */
function wordIn(raw: string): Reason | undefined {
  const meanings = raw.split(': ').map(word => WORDS.get(word))
  return meanings.find(reason => reason !== undefined)
}

/** Whether this is Google's word for a tool call that it could not parse, alone or after the name of a filter. */
export function saysMalformedCall({ raw = '' }: LanguageModelV4FinishReason): boolean {
  return /(?:^|: )MALFORMED_FUNCTION_CALL$/i.test(raw)
}
